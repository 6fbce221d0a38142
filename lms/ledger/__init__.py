"""Append-only Merkle logs: what is entered gets an index, a place in a tree, and a signed checkpoint that anyone can hold against it."""
