"""Where vouchers meet messages and issuers: inviting, delivering, claiming, reminding, issuing; see `duties`."""
