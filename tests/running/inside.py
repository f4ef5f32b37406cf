"""Booking's own database and keys, for tests that prepare or check what a running system holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from services.booking.bootstrap import make_keys
from services.booking.keys import Keys
from services.booking.settings import BookingSettings
from shared.crypto import Cipher
from shared.db import Database
from shared.entropy import SystemEntropy
from shared.events import StaffChanged
from shared.staff import apply_staff_changed
from shared.web.cookie import NAME, StaffCookie
from tests.running.systems import SECRET, System


@dataclass(frozen=True)
class Inside:
    """What the running service itself works with."""

    database: Database
    keys: Keys
    settings: BookingSettings

    def staff_cookie(self, *, now: datetime) -> dict[str, str]:
        """A sign-in of an admin whom booking knows from now on."""
        known = StaffChanged(
            sequence=1,
            staff_id="tester",
            email="tester@example.org",
            name="Tess Tester",
            timezone="America/New_York",
            locale="en",
            roles=("admin",),
            qualifications=(),
        )
        with self.database.transaction() as session:
            apply_staff_changed(session, known)
        cookie = StaffCookie("tester", "sid", 1, now)
        return {NAME: cookie.sign(self.settings.secret_for("staff-cookie"))}


@contextmanager
def inside(system: System) -> Iterator[Inside]:
    """Booking of this system, from within; closed at the end."""
    settings = BookingSettings(
        secret_key=SecretStr(SECRET),
        data_dir=Path(system.env["GRIP_DATA_DIR"]),
        booking_database_url=system.database_url("booking"),
        public_base_url=system.url,
    )
    database = Database(
        settings.database_url,
        service="booking",
        cipher=Cipher(settings.cipher_keys),
        entropy=SystemEntropy(),
    )
    try:
        yield Inside(database, make_keys(settings), settings)
    finally:
        database.dispose()
