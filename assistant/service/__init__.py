"""The running shop: what the pages and the API ask for, on top of the dialogue, the records and the shop."""
