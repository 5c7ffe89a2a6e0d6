"""What the shop keeps on a shopper to choose for them, and their say in it: deeds, stated preferences, off, forget."""
