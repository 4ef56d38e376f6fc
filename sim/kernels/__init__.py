"""The compiled household month: numba on plain arrays, importing numpy and numba only."""
