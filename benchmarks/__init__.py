"""Benchmarks: each prints a ratio against a baseline that runs beside it.

`./grip bench slots` and `./grip bench booking`. Both need PostgreSQL (GRIP_TEST_POSTGRES, or
127.0.0.1) and make a database of their own, which is dropped at the end. A figure means something
only beside its baseline: on another machine both change.
"""
