"""Coming into a class by an approved nomination, waiting for a place in it, and leaving it."""
