"""Who makes a voucher's value. `contract` says what an issuer can be asked; pure: neither Django nor the database."""
