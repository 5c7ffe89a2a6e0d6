"""Product search: filters, then words, meaning and picture; what is carried at all; what is loosened."""
