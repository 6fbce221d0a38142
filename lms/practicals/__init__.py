"""Practical exercises: rated by two raters, decided by a third where they differ, repeated, and the alarm when many fail."""
