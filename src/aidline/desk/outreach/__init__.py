"""Broadcasts: written, looked at, approved, sent, reported."""
