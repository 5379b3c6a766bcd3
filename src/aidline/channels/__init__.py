"""Accounts at providers: their contract, their registry, and what came in from them."""
