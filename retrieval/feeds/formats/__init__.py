"""One file a format that shops export. A file in here with a ``Format`` in it is all that a new one takes."""
