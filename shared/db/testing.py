"""A database made from table definitions at once, without migrations; for tests."""

from sqlalchemy import MetaData

from shared.db import Database
from shared.db.common import common


def create_all(database: Database, *metadata: MetaData) -> None:
    """Create the common tables and those of `metadata`."""
    for each in (common, *metadata):
        each.create_all(database.engine)
