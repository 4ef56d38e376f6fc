"""Fitting uncertain parameters to what was observed, by simulation alone."""
