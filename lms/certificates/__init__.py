"""Certificates of training: their numbers, statements, papers and signatures, and what became of them."""
