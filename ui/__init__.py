"""The pages: the shopper's window, the agents' desk, the admin's page, and the demo shop around them."""
