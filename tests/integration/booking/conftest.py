"""Fixtures of the booking tests."""

import pytest

from services.booking.tables import Base
from shared.db import Database
from shared.db.testing import create_all
from tests.conftest import DatabaseFactory


@pytest.fixture
def database(any_database: DatabaseFactory) -> Database:
    """An empty booking database, once on SQLite and once on PostgreSQL."""
    made = any_database("booking")
    create_all(made, Base.metadata)
    return made
