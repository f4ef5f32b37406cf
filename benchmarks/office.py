"""A booking office on PostgreSQL: ten consultants, five thousand calls, two web processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import psycopg
from pydantic import SecretStr
from sqlalchemy.orm import Session

from services.booking.bootstrap import make_keys
from services.booking.domain.consult import Meeting
from services.booking.domain.consultant import Consultant, weekdays
from services.booking.domain.ids import ConsultantId
from services.booking.domain.person import Details
from services.booking.queries.availability import offered
from services.booking.settings import BookingSettings
from services.booking.store.consultants import active_consultants
from services.booking.use_cases.add_consultant import add_consultant
from services.booking.use_cases.book_consult import Candidates, Wanted, book_consult
from shared.crypto import Cipher
from shared.db import Database
from shared.entropy import SeededEntropy, SystemEntropy
from tests.running.process import Process, free_port, run, until
from tests.running.systems import SECRET, answers

SERVER = os.environ.get("GRIP_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/postgres")
CONSULTANTS, CALLS, WORKERS = 10, 5000, 2
NEW_YORK = ZoneInfo("America/New_York")
FAR = timedelta(days=60)


@contextmanager
def fresh_database() -> Iterator[str]:
    """The URL of a PostgreSQL database that is dropped at the end."""
    name = f"grip_bench_{SystemEntropy().token(9)}"
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield SERVER.rsplit("/", 1)[0] + f"/{name}"
    finally:
        with psycopg.connect(SERVER, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


class Office:
    """The service's database, and processes that serve it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.folder = folder
        self.env = {
            "GRIP_SECRET_KEY": SECRET,
            "GRIP_RATE_LIMIT_SCALE": "1000000",
            "GRIP_SPAM_CHECK": "off",
            "GRIP_DATA_DIR": str(folder),
            "GRIP_BOOKING_DATABASE_URL": url,
        }
        self.settings = BookingSettings(
            secret_key=SecretStr(SECRET), data_dir=folder, booking_database_url=url
        )
        self.keys = make_keys(self.settings)
        self.database = Database(
            url,
            service="booking",
            cipher=Cipher(self.settings.cipher_keys),
            entropy=SeededEntropy("benchmark"),
        )

    def furnish(self, *, now: datetime) -> None:
        """Ten consultants who work Monday to Friday, and calls on half of their time."""
        run(["migrate"], env=self.env, cwd=self.folder)
        for number in range(CONSULTANTS):
            who = Consultant(
                ConsultantId(""), f"Consultant {number}", NEW_YORK, weekdays("09:00", "17:00")
            )
            with self.database.transaction() as session:
                add_consultant(session, who, actor="benchmark", now=now)
        with self.database.reading() as session:
            everyone = active_consultants(session)
            free = offered(session, now, now + FAR, now=now)
        places = [(start, who) for start in free for who in everyone][::2][:CALLS]
        for first in range(0, len(places), 250):
            with self.database.transaction() as session:
                for number, (start, who) in enumerate(places[first : first + 250], first):
                    wanted = Wanted(start, person(number), Meeting.PHONE, "benchmark")
                    book_consult(session, wanted, keys=self.keys, now=now, candidates=only(who))
        with self.database.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()

    @contextmanager
    def serving(self, words: list[str], path: str) -> Iterator[int]:
        """A server started by these words (a program's arguments); the port it listens on."""
        port = free_port()
        words = [word.replace("{port}", str(port)) for word in words]
        process = Process(words, env=self.env, log=self.folder / f"{port}.log")
        try:
            until(lambda: answers(f"http://127.0.0.1:{port}{path}"), "an answer", within_s=60)
            yield port
        finally:
            process.stop()


def gunicorn(app: str) -> list[str]:
    """The words that serve `app` just as `grip serve` does."""
    return [
        *(sys.executable, "-P", "-m", "gunicorn", "--bind", "127.0.0.1:{port}"),
        *("--workers", str(WORKERS), "--worker-class", "gthread", "--threads", "16"),
        *("--keep-alive", "130", "--no-control-socket", "--log-level", "warning", app),
    ]


OURS = gunicorn("services.commands.wsgi:make('booking')")


def person(number: int) -> Details:
    """Somebody fictional."""
    return Details(
        name=f"Person {number}",
        email=f"person{number}@example.org",
        phone=f"+1207555{number % 10000:04d}",
        timezone="America/New_York",
        locale="en",
        sms_consent=False,
    )


def only(who: Consultant) -> Candidates:
    """Asks nobody else."""

    def candidates(session: Session, start: datetime, *, now: datetime) -> list[Consultant]:
        del session, start, now
        return [who]

    return candidates


@contextmanager
def office(now: datetime | None = None) -> Iterator[Office]:
    """A furnished office, taken down at the end."""
    at = now or datetime.now(UTC)  # noqa: TID251 - the servers run by the real clock
    with fresh_database() as url, TemporaryDirectory() as folder:
        made = Office(url, Path(folder))
        made.furnish(now=at)
        try:
            yield made
        finally:
            made.database.dispose()
