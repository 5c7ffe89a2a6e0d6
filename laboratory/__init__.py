"""Where figures and fitted files come from: samples, training, evaluation, benchmarks. The product runs without it."""
