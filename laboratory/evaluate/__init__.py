"""Measures what the assistant does; every figure in the documentation comes from here."""
