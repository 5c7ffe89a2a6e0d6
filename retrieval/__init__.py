"""Products and FAQ answers: their models, encoders, store, search and ranking. Knows no language model, no web, no
environment."""
