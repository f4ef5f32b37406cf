"""Drives the three services in virtual time, with stand-ins for the vendors."""
