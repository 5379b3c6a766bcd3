"""Digital vouchers: from a partner's list to a till, in books that balance."""
