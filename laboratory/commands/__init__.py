"""`shopclerk train …`, `evaluate …` and `bench …`."""
