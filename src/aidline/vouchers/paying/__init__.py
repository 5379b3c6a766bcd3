"""Payments: preparing, approving, starting, retrying."""
