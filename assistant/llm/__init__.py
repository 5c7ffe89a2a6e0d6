"""The model: prepared, served by a supervised vLLM child, and called. Nothing outside this package talks to a model."""
