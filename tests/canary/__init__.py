"""Marked values through every door of the product, and a search for them in every byte it leaves behind."""
