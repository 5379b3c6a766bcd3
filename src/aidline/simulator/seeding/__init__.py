"""The demo: a network is founded, then one day of it is lived through, by the real services."""
