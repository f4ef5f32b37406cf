"""What staff type about a consultant: read field by field, and shown again as it was typed."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

from services.booking.domain.consultant import MAX_BUFFER, Consultant, Hours
from services.booking.domain.ids import ConsultantId
from services.booking.store.holidays import is_region
from services.booking.store.records import Profile
from services.booking.store.schedules import Schedule
from services.booking.web.schemas import Given, Name, Zone

LONGEST_URL = 500
LONGEST_NOTICE, LONGEST_HORIZON, LARGEST_CAP = 14 * 24, 365, 50


def whole(what: str, low: int, high: int, *, step: int = 1) -> BeforeValidator:
    """Reads a whole number from `low` to `high` that a person typed; `what` it is of."""
    steps = f" in steps of {step}" if step > 1 else ""
    wrong = f"{what}: enter a number from {low} to {high}{steps}."

    def read(value: object) -> int:
        typed = str(value).strip()
        if not re.fullmatch(r"\d{1,4}", typed, re.ASCII) or not low <= int(typed) <= high:
            raise ValueError(wrong)
        if int(typed) % step:
            raise ValueError(wrong)
        return int(typed)

    return BeforeValidator(read)


def _cap(value: object) -> int | None:
    typed = str(value).strip()
    if not typed:
        return None
    if not re.fullmatch(r"\d{1,4}", typed, re.ASCII) or not 1 <= int(typed) <= LARGEST_CAP:
        raise ValueError(f"Calls a day: enter a number from 1 to {LARGEST_CAP}, or nothing.")
    return int(typed)


def web_address(typed: str) -> str:
    """An http or https address without a password in it. Raises `ValueError` saying what to do."""
    url = typed.strip()
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        good = good and url.isprintable() and not re.search(r"[\s\"<>\\]", url)
    except ValueError:
        good = False
    if not good:
        raise ValueError("Enter the whole address; it begins with https://.")
    if "@" in parts.netloc:
        raise ValueError("Enter an address without a name and password in it.")
    if len(url) > LONGEST_URL:
        raise ValueError(f"Use at most {LONGEST_URL} characters.")
    return url


def _room(value: str) -> str | None:
    return web_address(value) if value.strip() else None


def _region(value: str) -> str | None:
    region = re.sub(r"[\s_/]+", "-", value.strip().upper())
    if region and not is_region(region):
        raise ValueError("Enter a country or a country and a part of it, such as US or US-ME.")
    return region or None


class ConsultantForm(Given):
    """The form, read. `staff_id` is what was chosen; whether it is anybody is checked later."""

    name: Name
    timezone: Zone
    buffer_before: Annotated[int, whole("Pause before", 0, MAX_BUFFER, step=5)]
    buffer_after: Annotated[int, whole("Pause after", 0, MAX_BUFFER, step=5)]
    notice: Annotated[int, whole("Notice", 0, LONGEST_NOTICE)]
    horizon: Annotated[int, whole("How far ahead", 1, LONGEST_HORIZON)]
    daily_cap: Annotated[int | None, BeforeValidator(_cap)]
    join_url: Annotated[str | None, BeforeValidator(_room)]
    region: Annotated[str | None, BeforeValidator(_region)]
    staff_id: str

    def consultant(self, consultant_id: ConsultantId, hours: tuple[Hours, ...]) -> Consultant:
        """As the slot rules see them, with these hours."""
        return Consultant(
            id=consultant_id,
            name=self.name,
            zone=ZoneInfo(self.timezone),
            hours=hours,
            buffer_before=self.buffer_before,
            buffer_after=self.buffer_after,
            daily_cap=self.daily_cap,
            notice=timedelta(hours=self.notice),
            horizon=timedelta(days=self.horizon),
        )

    def profile(self, staff_id: str | None) -> Profile:
        """The rest; `staff_id` is who they are among staff."""
        return Profile(join_url=self.join_url, region=self.region, staff_id=staff_id)


FIELDS = tuple(ConsultantForm.model_fields)


def blank(timezone: str) -> Mapping[str, str]:
    """The form for someone new, with the usual limits."""
    usual = {"buffer_before": "0", "buffer_after": "10", "notice": "12", "horizon": "60"}
    return dict.fromkeys(FIELDS, "") | usual | {"timezone": timezone}


def filled(schedule: Schedule) -> Mapping[str, str]:
    """The form as it stands for this consultant."""
    who = schedule.consultant
    return {
        "name": who.name,
        "timezone": who.zone.key,
        "buffer_before": str(who.buffer_before),
        "buffer_after": str(who.buffer_after),
        "notice": str(int(who.notice.total_seconds()) // 3600),
        "horizon": str(who.horizon.days),
        "daily_cap": "" if who.daily_cap is None else str(who.daily_cap),
        "join_url": schedule.join_url or "",
        "region": schedule.region or "",
        "staff_id": schedule.staff_id or "",
    }
