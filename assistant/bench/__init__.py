"""Measurements behind `shopclerk bench`."""
