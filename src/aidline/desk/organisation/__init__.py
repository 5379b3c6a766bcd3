"""What belongs to the organisation: its centres, its staff, its admins."""
