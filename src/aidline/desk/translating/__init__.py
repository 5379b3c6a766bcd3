"""What translators see: single texts that wait for them, and nothing around them."""
