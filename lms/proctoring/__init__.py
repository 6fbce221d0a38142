"""Checking officers in to an exam."""
