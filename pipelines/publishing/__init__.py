"""Publishing: safe tables per audience, the candidate, its release, the card and the dictionary."""
