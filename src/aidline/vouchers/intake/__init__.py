"""Lists of people: reading, mapping, taking in."""
