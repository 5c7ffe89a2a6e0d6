"""Trains what the assistant learns: the router and the dialogue adapter."""
