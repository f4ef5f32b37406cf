"""Loads and saves for use cases: rows in, values out. One module per thing kept."""
