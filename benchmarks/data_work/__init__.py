"""The data work beside a hand-written script."""
