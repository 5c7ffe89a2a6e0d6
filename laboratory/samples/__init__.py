"""What is trained and measured on: turns that are made, sales and judgements that are read."""
