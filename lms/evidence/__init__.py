"""The evidence of an exam as one signed file."""
