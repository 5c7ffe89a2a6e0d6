"""Makes the demo shop: catalogue, pictures, lexicon, FAQ, customers, orders and behaviour; the same bytes each time."""
