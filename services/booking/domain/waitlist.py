"""Who waits for a time that suits them, and how long a free one is kept for whom.

All rules count on the clock of whoever waits: a time is offered while it is day there, and kept no
later than that day's end.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.booking.domain.consult import Meeting
from services.booking.domain.consultant import LENGTH, Hours
from services.booking.domain.ids import ConsultId, EntryId, OfferId, PersonId
from services.booking.domain.person import Given, Preferences

LONGEST_HOLD = timedelta(hours=2)
SHORTEST_HOLD = timedelta(minutes=10)
"""A time that could be kept for less than this is not offered: nobody could answer."""
SHARE_OF_REST = 4
"""A hold takes at most this fraction of the time that is left until the call: a quarter."""
DAY_BEGINS, DAY_ENDS = time(8), time(21)
"""Between these times of day, where the person is, they may be offered something."""
SHARE_OF_OFFER = 20
"""The list may keep at most this fraction of all free times: one in twenty, or a single one."""
UNANSWERED = 2
"""Who let so many offers pass within `REST` is left in peace until that is over."""
REST = timedelta(hours=24)
WEEKS = (2, 4, 8)
"""For how many weeks somebody may wait."""
ASKED_FOR = timedelta(hours=24)
"""Time to open an email and press its button; then a place that was only asked for ends."""

_LENGTH = int(LENGTH.total_seconds()) // 60


class Part(StrEnum):
    """A part of the day that somebody can be free in."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


PARTS: dict[Part, tuple[int, int]] = {
    Part.MORNING: (8 * 60, 12 * 60),
    Part.AFTERNOON: (12 * 60, 17 * 60),
    Part.EVENING: (17 * 60, 21 * 60),
}
"""From when to when, in minutes after midnight."""


class Waiting(StrEnum):
    """Where somebody's place on the list stands."""

    ASKED = "asked"
    """Not on the list until an emailed link is opened and confirmed."""
    WAITING = "waiting"
    OFFERED = "offered"
    """A time is kept for them."""
    BOOKED = "booked"
    LEFT = "left"
    """They, or staff, took the place off the list."""
    ENDED = "ended"
    """The last day they wanted is past, or nobody confirmed it in time."""

    @property
    def is_open(self) -> bool:
        """Whether it can still lead to a call."""
        return self in (Waiting.ASKED, Waiting.WAITING, Waiting.OFFERED)


class Answer(StrEnum):
    """What came of an offer."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody's place. `windows` are wall-clock hours in their zone, `until` their last day."""

    id: EntryId
    person_id: PersonId
    windows: tuple[Hours, ...]
    until: date
    meeting: Meeting
    preferences: Preferences
    given: Given
    joined_at: datetime
    status: Waiting = Waiting.WAITING

    @property
    def zone(self) -> ZoneInfo:
        """Where they are."""
        return ZoneInfo(self.preferences.timezone)

    def standing(self, now: datetime) -> Waiting:
        """Where it stands, whether or not anybody has looked since."""
        is_late = self.status is Waiting.ASKED and is_over(self, now)
        return Waiting.ENDED if is_late else self.status


@dataclass(frozen=True, slots=True)
class Offer:
    """A free time that is kept for one person, as the consult of this id."""

    id: OfferId
    entry_id: EntryId
    consult_id: ConsultId
    starts_at: datetime
    offered_at: datetime
    expires_at: datetime
    answer: Answer = Answer.OPEN

    def is_open(self, now: datetime) -> bool:
        """Whether it may be accepted."""
        return self.answer is Answer.OPEN and now < self.expires_at


def window(weekday: int, part: Part) -> Hours:
    """This part of this weekday; Monday is 0."""
    opens, closes = PARTS[part]
    return Hours(weekday, opens, closes)


class Wall(NamedTuple):
    """A start as a zone's calendar and clock show it; read once for all who are there."""

    start: datetime
    day: date
    weekday: int
    minute: int


def on_the_wall(starts: Iterable[datetime], zone: ZoneInfo) -> list[Wall]:
    """These starts in this zone, in the same order."""
    walls = ((start, start.astimezone(zone)) for start in starts)
    return [Wall(start, at.date(), at.weekday(), at.hour * 60 + at.minute) for start, at in walls]


def suiting(entry: Entry, starts: Iterable[Wall]) -> list[datetime]:
    """Those at which a call lies in one of the windows, not after the last day.

    `starts` are as they stand on the wall in the zone of the entry.
    """
    fits: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for each in entry.windows:
        fits[each.weekday].append((each.opens, each.closes - _LENGTH))
    return [
        start
        for start, day, weekday, minute in starts
        if day <= entry.until and any(low <= minute <= high for low, high in fits[weekday])
    ]


def is_day(zone: ZoneInfo, now: datetime) -> bool:
    """Whether something may be offered there at this hour."""
    return DAY_BEGINS <= now.astimezone(zone).time() < DAY_ENDS


def kept_until(
    start: datetime, zone: ZoneInfo, *, notice: timedelta, now: datetime
) -> datetime | None:
    """Until when this start is kept for somebody in this zone; None when it is not offered now.

    The earliest of: two hours from now; a quarter of the time until the call; nine in the evening
    where they are; and the consultant's notice before the call. A whole minute, as it is told.
    """
    if not is_day(zone, now):
        return None
    evening = datetime.combine(now.astimezone(zone).date(), DAY_ENDS, zone).astimezone(UTC)
    rest = (start - now) / SHARE_OF_REST
    until = min(now + LONGEST_HOLD, now + rest, evening, start - notice)
    until = until.replace(second=0, microsecond=0)
    return until if until - now >= SHORTEST_HOLD else None


def most_kept(free: int, kept: int) -> int:
    """How many times the list may keep at once, when so many are free and so many kept already."""
    return max(1, (free + kept) // SHARE_OF_OFFER)


def is_resting(past: Iterable[Offer], now: datetime) -> bool:
    """Whether somebody with these offers let so many pass lately that they are left in peace."""
    unanswered = [
        each for each in past if each.answer is Answer.LAPSED and now - each.offered_at < REST
    ]
    return len(unanswered) >= UNANSWERED


def last_day(weeks: int, zone: ZoneInfo, now: datetime) -> date:
    """The day on which so many weeks from today end there."""
    return now.astimezone(zone).date() + timedelta(weeks=weeks)


def confirmed(entry: Entry, now: datetime) -> Entry:
    """The place at the end of the list, if it was only asked for; any other unchanged."""
    if entry.standing(now) is not Waiting.ASKED:
        return entry
    return replace(entry, status=Waiting.WAITING, joined_at=now)


def is_over(entry: Entry, now: datetime) -> bool:
    """Whether the last day they wanted is past, where they are, or the time to confirm it."""
    if entry.status is Waiting.ASKED:
        return now - entry.joined_at >= ASKED_FOR
    return now.astimezone(entry.zone).date() > entry.until
