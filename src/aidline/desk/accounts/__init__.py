"""Signing in and out, joining by invitation, and one's own profile."""
