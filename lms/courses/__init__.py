"""Courses, modules and lessons: Markdown in, immutable revisions out."""
