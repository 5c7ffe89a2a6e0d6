"""Words of two languages: terms, quantities and sizes, the lexicon of the shop, BM25."""
