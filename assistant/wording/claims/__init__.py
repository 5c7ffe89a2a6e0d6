"""The claim audit of what agents send, one module for each kind of claim; ``audit`` puts them together."""
