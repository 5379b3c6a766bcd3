"""Setting up a centre: its words and hours, members, channels, canned replies and topics."""
