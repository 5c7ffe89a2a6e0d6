"""What is done for each intent. Each act reads the turn and the memory, may call the shop's tools, and returns an
outcome."""
