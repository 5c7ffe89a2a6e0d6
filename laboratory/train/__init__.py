"""Fits the files that ship with the product, from the repository alone."""
