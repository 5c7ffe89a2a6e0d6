"""Personal ranking: what a customer did before decides between products that are equally relevant."""
