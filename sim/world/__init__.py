"""Households, areas, markets, camps and programmes' books: the state of a run."""
