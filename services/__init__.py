"""The three services of Grip: booking, cohort, notify. They meet only through events."""

VERSION = "0.1.0"
"""The release, as pyproject.toml says it."""
