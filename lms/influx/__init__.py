"""Declarations of a mass influx, the activation of contingency agreements, and orders that shorten training (28 CFR part 65)."""
