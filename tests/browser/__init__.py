"""A package, so that pytest closes the browser of its tests behind the last of them."""
