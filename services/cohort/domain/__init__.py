"""Rules of the program: values in, values out; no I/O, no clock, no framework."""
