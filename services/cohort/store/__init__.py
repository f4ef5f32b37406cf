"""Loads and saves for use cases. Nothing here commits."""
