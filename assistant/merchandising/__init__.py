"""What the shop wants of a ranking: rules, margins and sponsored campaigns, kept in SQL and set by admins."""
