"""People who book through the API, as an embed on the practice's own site would."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import requests

_ZONES = (
    "Pacific/Honolulu", "America/Los_Angeles", "America/New_York", "America/Sao_Paulo",
    "Atlantic/Azores", "Europe/London", "Europe/Athens", "Asia/Dubai", "Asia/Karachi",
    "Asia/Dhaka", "Asia/Bangkok", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland",
)  # fmt: skip


def midday_zone() -> str:
    """A zone where it is about noon, so that texts may be sent at whatever hour tests run."""
    now = datetime.now(UTC)
    return min(_ZONES, key=lambda zone: abs(now.astimezone(ZoneInfo(zone)).hour - 13))


@dataclass(frozen=True, slots=True)
class Prospect:
    """Someone whose email and phone nobody else has."""

    number: int

    @property
    def phone(self) -> str:
        """A number set aside for fiction, in E.164."""
        area = (207, 212, 213, 305, 312, 404, 415, 503, 617, 702)[self.number // 100 % 10]
        return f"+1{area}55501{self.number % 100:02d}"

    @property
    def email(self) -> str:
        """An address that leads nowhere."""
        return f"person{self.number}@example.org"

    def booking(self, start: str) -> dict[str, Any]:
        """The body of a request for the call at `start`."""
        return {
            "start": start,
            "name": f"Person {self.number}",
            "email": self.email,
            "phone": self.phone,
            "timezone": midday_zone(),
            "locale": "en",
            "sms_consent": True,
            "meeting": "phone",
        }


def offered(url: str, *, days: int = 60) -> list[str]:
    """The instants that are offered now, soonest first."""
    today = datetime.now(UTC).date()
    span = {"from": str(today), "to": str(today + timedelta(days=days)), "tz": "UTC"}
    answer = requests.get(f"{url}/booking/api/v1/slots", params=span, timeout=30)
    assert answer.status_code == 200, answer.text
    return [slot["start"] for slot in answer.json()["slots"]]


def book(
    url: str,
    prospect: Prospect,
    start: str,
    *,
    key: str | None = None,
    within_s: float = 30,
) -> requests.Response:
    """Ask for the call at `start`; the same key and person again is the same request."""
    return requests.post(
        f"{url}/booking/api/v1/consults",
        json=prospect.booking(start),
        headers={"Idempotency-Key": key or f"key-{prospect.number}-{start}"},
        timeout=within_s,
    )
