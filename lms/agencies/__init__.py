"""State and local agencies and who belongs to them."""
