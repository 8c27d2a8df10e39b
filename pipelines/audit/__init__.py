"""The attacker: reads a release as an outsider would, and tries to work out what it hides.

It shares no code with the compiler (pipelines.privacy) and never reads the publication mask: what
one of them overlooks, the other finds.
"""
