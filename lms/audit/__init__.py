"""Who did what, when and why: one entry per change of state, written in the change's own transaction."""
