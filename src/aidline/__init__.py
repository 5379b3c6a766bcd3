"""Aidline: contact centre for humanitarian organisations and crisis lines."""
