"""Telephone calls on the desk: who waits, who talks, and the softphone."""
