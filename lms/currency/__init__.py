"""What stands on a fact of the register: what must be pulled, read again or taught anew when the law changes (R-32)."""
