"""Whoever makes the value of a voucher; pure but for `registry`."""
