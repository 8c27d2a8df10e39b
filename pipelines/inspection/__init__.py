"""Looking at files before anything runs: what `crossvoice init` guesses and `check` explains."""
