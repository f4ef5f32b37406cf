"""Read-only data: what is offered, and what pages show."""
