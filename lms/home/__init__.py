"""Each role's first page: the next thing to do."""
