"""What the shop keeps on a shopper to choose for them, and their say in it: interactions, stated preferences, off,
forget."""
