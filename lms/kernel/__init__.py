"""What every room may use: the clock, refusals, ids, canonical text and the place of the content. Standard library in spirit."""
