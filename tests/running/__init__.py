"""Grip as real processes: started, asked, stopped and killed by tests."""
