"""Vouchers on their way to people: what is due, what was claimed. No network."""
