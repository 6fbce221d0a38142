"""Question banks: immutable question revisions, each tied to one objective and one fact."""
