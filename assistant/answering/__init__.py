"""Questions about products, answered from what the shop has: attributes, descriptions, reviews and help pages."""
