"""Ranking online: what was shown and what came of it, experiments, and which trained ranker is live."""
