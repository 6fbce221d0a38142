"""Activating agreements for a declaration, putting officers under orders on their track, what stays owed, and what was done."""
