"""Suggested replies: what the conversation stands at, drafts made of it, what backs them, and what became of them."""
