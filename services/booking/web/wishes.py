"""What somebody who waits asks for: how the form gives it, and how it is said in words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated, Literal

from pydantic import BeforeValidator

from services.booking.domain.consult import Meeting
from services.booking.domain.consultant import Hours
from services.booking.domain.person import Details
from services.booking.domain.waitlist import PARTS, WEEKS, Part, window
from services.booking.use_cases.join_waitlist import Wish
from services.booking.web.schemas import Email, Given, Name, Phone, Zone
from shared import times
from shared.web.language import gettext as _
from shared.web.language import language
from shared.web.saying import sentence

WINDOWS = {f"{day}-{part}": window(day, part) for day in range(7) for part in Part}
"""Every part of the week, by its name in the form."""


def _windows(value: object) -> object:
    if not value or not isinstance(value, list):
        raise ValueError("Tick at least one part of the week.")
    if not all(each in WINDOWS for each in value):
        raise ValueError("Choose among the parts of the week that are shown.")
    return value


def _weeks(value: object) -> int:
    for weeks in WEEKS:
        if value == str(weeks):
            return weeks
    raise ValueError("Choose for how long we shall look.")


class JoinRequest(Given):
    """A place on the waitlist as asked for."""

    windows: Annotated[list[str], BeforeValidator(_windows)]
    weeks: Annotated[int, BeforeValidator(_weeks)]
    name: Name
    email: Email
    phone: Phone
    timezone: Zone
    locale: Literal["en", "es"] = "en"
    sms_consent: bool = False
    meeting: Literal["phone", "video"] = "phone"

    def wish(self) -> Wish:
        """What it comes to."""
        details = Details(
            name=self.name,
            email=self.email,
            phone=self.phone,
            timezone=self.timezone,
            locale=self.locale,
            sms_consent=self.sms_consent,
        )
        windows = [WINDOWS[each] for each in self.windows]
        return Wish(details, windows, self.weeks, Meeting(self.meeting), "web form")


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of a day to tick: its value, its hours ("8–12"), its whole name, whether ticked."""

    value: str
    hours: str
    name: str
    ticked: bool


def heads() -> list[str]:
    """What the columns of the week are called."""
    return [sentence(name) for name in _names().values()]


def week(ticked: Collection[str]) -> list[tuple[str, list[Cell]]]:
    """The days with their parts, to tick."""
    names = _names()
    return [
        (
            sentence(_day(day)),
            [
                _cell(f"{day}-{part}", f"{sentence(_day(day))}, {names[part]}", part, ticked)
                for part in Part
            ],
        )
        for day in range(7)
    ]


def in_words(windows: Sequence[Hours]) -> list[str]:
    """One line for days in a row that have the same parts: "Monday to Friday: morning"."""

    def parts(day: int) -> tuple[str, ...]:
        return tuple(_part(each) for each in sorted(windows) if each.weekday == day)

    return [
        sentence(f"{_days(list(days))}: {', '.join(same)}")
        for same, days in groupby(range(7), key=parts)
        if same
    ]


def _names() -> dict[Part, str]:
    return {
        Part.MORNING: _("morning"),
        Part.AFTERNOON: _("afternoon"),
        Part.EVENING: _("evening"),
    }


def _cell(value: str, name: str, part: Part, ticked: Collection[str]) -> Cell:
    opens, closes = (minutes // 60 for minutes in PARTS[part])
    hours = f"{_hour(opens)}–{_hour(closes)}"
    return Cell(value, hours, f"{name}, {hours}", value in ticked)


def _hour(hour: int) -> int:
    return hour if hour <= 12 else hour - 12


def _part(hours: Hours) -> str:
    for part, name in _names().items():
        if PARTS[part] == (hours.opens, hours.closes):
            return name
    return "–".join(f"{at // 60}:{at % 60:02d}" for at in (hours.opens, hours.closes))


def _days(days: list[int]) -> str:
    first, last = _day(days[0]), _day(days[-1])
    if len(days) == 1:
        return first
    if len(days) == 2:
        return _("%(first)s and %(last)s", first=first, last=last)
    return _("%(first)s to %(last)s", first=first, last=last)


def _day(number: int) -> str:
    return times.weekday_name(number, language())
