"""The `crossvoice` command: what people type, and what they read when it ends."""
