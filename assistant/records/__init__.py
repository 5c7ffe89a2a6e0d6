"""What was said and done: conversations, tickets for the agents, feedback, unanswered questions, model use."""
