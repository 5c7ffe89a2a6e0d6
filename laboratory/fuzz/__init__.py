"""Strange input by machine: every operation of the API, every call of the pages, conversations, the desk, parsers."""
