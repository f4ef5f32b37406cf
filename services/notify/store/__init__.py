"""Loads and saves for use cases; each takes the session it works in."""
