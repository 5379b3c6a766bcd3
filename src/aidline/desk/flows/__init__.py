"""Setup → Flows: writing, trying out and publishing them."""
