"""What a person may write: cases, parameters, programmes; and how mistakes are reported."""
