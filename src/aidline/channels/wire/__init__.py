"""What provider files share: reading untrusted input, calling out, formats that more than one speaks."""
