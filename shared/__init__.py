"""Mechanism and published language that the three services share; no business rules."""
