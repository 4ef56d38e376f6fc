"""Adapters: public data files to validated tables, and the builders of case tables."""
