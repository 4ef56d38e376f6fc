"""The live what-if page: levers, paired previews and results, and the small server that shows them."""
