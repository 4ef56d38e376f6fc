"""Reports: tables, figures, the page of assumptions, and the folder that holds them."""
