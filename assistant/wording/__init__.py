"""From a turn's outcome to a reply whose every statement is true: plan, prompt, compose, check."""
