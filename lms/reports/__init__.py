"""What the program asks of all its records together: counts and lists on a date, as pages, sheets and JSON."""
