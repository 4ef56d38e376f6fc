"""Tables and survey margins to household columns."""
