"""Which help page answers a question, and how sure that is."""
