"""Walks through the running system in a browser."""
