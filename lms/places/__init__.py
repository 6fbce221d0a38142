"""States, territories and counties, by the codes in which the program's records name them."""
