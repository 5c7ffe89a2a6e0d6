"""The assistant: settings, shop, understanding, dialogue, wording, model client, service, evaluation and command
line."""
