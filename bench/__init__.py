"""Rates, delays and memory of the real product, beside the raw commit rate of the same database in the same run."""
