"""The live what-if page: a case in a browser, moved by hand, answered by paired runs."""
