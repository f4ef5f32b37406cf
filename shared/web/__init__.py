"""The web mechanism shared by the three services: apps, access, errors, limits, templates."""
