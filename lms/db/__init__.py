"""The database: base class, column types, sessions, content-addressed files and migrations."""
