"""Sittings: supervised windows of an exam, their officers and named proctors, accommodations, identity checks and tickets."""
