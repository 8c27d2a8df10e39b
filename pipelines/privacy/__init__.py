"""Pseudonyms, thresholds and suppression: what keeps people unrecognisable."""
