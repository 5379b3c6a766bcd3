"""Invitations, the form, receipts."""
