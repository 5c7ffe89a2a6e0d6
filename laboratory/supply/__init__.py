"""What the application is made of: licences, a list of its parts, and known weaknesses of them."""
