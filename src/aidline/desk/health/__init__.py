"""Whether channels work, in plain words, and what was set aside."""
