"""What became of the officers of a class, and moving a class to a newer revision of its course."""
