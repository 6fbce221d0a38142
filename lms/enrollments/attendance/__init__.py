"""Who attended which training day, for how long, and what was made up."""
