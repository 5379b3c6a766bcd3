"""The desk: queue, conversation, person."""
