"""Postings, accounts, reconciliation, exports."""
