"""The lesson side of an enrollment: reading, time actively spent, checks of understanding, completion."""
