"""Stores that a shop is connected to: their catalogues and orders are read, and changed where they allow."""
