"""Flows from and to other systems. What cannot be carried is said, line by line, and never guessed."""
