"""The booking service as a browser meets it, on any database."""

from datetime import datetime
from typing import Any

from pydantic import SecretStr

from services.booking.bootstrap import build
from services.booking.settings import BookingSettings
from services.booking.tables import Base
from shared.clock import ManualClock
from shared.db.testing import create_all
from shared.entropy import SeededEntropy
from shared.service import Parts, Service
from tests.conftest import FIELD_KEY


def open_site(url: str, at: datetime, *, scale: float = 1000, **more: Any) -> Service:
    """A booking service on this database, at this time, with generous rate limits.

    It suspects nobody: its clock stands still while a form is filled in. `more` are further
    settings, or others than these.
    """
    known: dict[str, Any] = {
        "booking_database_url": url,
        "secret_key": SecretStr("a secret for tests, long enough"),
        "field_keys": (SecretStr(FIELD_KEY),),
        "public_base_url": "http://127.0.0.1:8000",
        "rate_limit_scale": scale,
        "spam_check": "off",
    }
    settings = BookingSettings(**(known | more))
    service = build(settings, Parts(ManualClock(at), SeededEntropy(url)))
    create_all(service.database, Base.metadata)
    service.app.config["TESTING"] = True
    return service
