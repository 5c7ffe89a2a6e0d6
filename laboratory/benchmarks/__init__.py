"""Speed and endurance, printed by a command each, so that they can be had again on any machine."""
