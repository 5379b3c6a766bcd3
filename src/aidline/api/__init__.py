"""The JSON API: for tills of retailers and for tools that add people."""
