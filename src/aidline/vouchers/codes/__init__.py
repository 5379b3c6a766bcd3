"""Codes, tokens, pictures, paper. Pure."""
