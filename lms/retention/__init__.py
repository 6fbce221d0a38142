"""How long records are kept, what may not be disposed of, disposing by two persons, and a person's own data as one download."""
