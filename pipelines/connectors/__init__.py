"""Connectors: one module per format or vendor, each ending in the contract tables."""
