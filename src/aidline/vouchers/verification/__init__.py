"""Duplicates, decisions, bulk acts."""
