"""A fictional program: agencies, a class and its people at every stage, so that the first run shows a living site."""
