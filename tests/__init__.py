"""Tests are sentences about behavior."""
