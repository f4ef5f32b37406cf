"""The rules of consults: values in, values out. No clock, no database, no framework."""
