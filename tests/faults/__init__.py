"""Crashes, for as long as they are worth: `python3 run.py faults`."""
