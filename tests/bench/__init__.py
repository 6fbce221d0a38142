"""What an officer's visit costs: figures for people, never asserted."""
