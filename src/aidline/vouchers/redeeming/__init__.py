"""Using vouchers: at once, held, without a network."""
