"""Reading what the centre knows, and putting it into a conversation."""
