"""The explorer: one audience's published file in the browser, on this machine only."""
