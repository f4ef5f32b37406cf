"""The script that prepares PostgreSQL for separate services, run on a real server."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

SCRIPT = Path(__file__).parents[3] / "deploy/postgres/10-services.sh"
SERVICES = ("booking", "cohort", "notify")
PASSWORD = 'it\'s \\ a "password" $HOME'


@pytest.fixture
def prefix(postgres_server: str) -> Iterator[str]:
    """Roles and databases with names of their own, made by the script, dropped afterwards."""
    if shutil.which("psql") is None:
        pytest.skip("needs psql")
    name = f"grip_test_{uuid4().hex[:10]}"
    parts = urlsplit(postgres_server)
    passwords = {f"{service.upper()}_DATABASE_PASSWORD": PASSWORD for service in SERVICES}
    server = {
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port or 5432),
        "POSTGRES_USER": parts.username or "postgres",
        "PGPASSWORD": parts.password or "",
    }
    try:
        subprocess.run(
            ["sh", str(SCRIPT)],
            env={"PATH": os.environ["PATH"], "ROLE_PREFIX": name, **server, **passwords},
            check=True,
            capture_output=True,
            timeout=60,
        )
        yield name
    finally:
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            for service in SERVICES:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}_{service}" WITH (FORCE)')
                connection.execute(f'DROP ROLE IF EXISTS "{name}_{service}"')


def url(server: str, role: str, database: str) -> str:
    parts = urlsplit(server)
    netloc = f"{role}@{parts.hostname}:{parts.port}"
    return parts._replace(netloc=netloc, path=f"/{database}").geturl()


@pytest.mark.postgres
def test_each_service_owns_a_database_that_no_other_service_can_open(
    postgres_server: str, prefix: str
) -> None:
    for service in SERVICES:
        own = f"{prefix}_{service}"
        with psycopg.connect(url(postgres_server, own, own), password=PASSWORD) as connection:
            connection.execute("CREATE TABLE mine (id int)")
        for other in SERVICES:
            if other != service:
                with pytest.raises(psycopg.OperationalError, match="permission denied"):
                    psycopg.connect(
                        url(postgres_server, own, f"{prefix}_{other}"), password=PASSWORD
                    )
