"""Alembic calls this; the connection and the tables are handed over by shared.db.migrate."""

from shared.db.migrate import run_in_environment

run_in_environment()
