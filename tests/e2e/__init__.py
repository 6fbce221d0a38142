"""The product as its people use it, in a real browser."""
