"""Read-only data of pages."""
