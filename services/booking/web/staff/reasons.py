"""Why a time is not offered, in plain words with the facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.booking.domain.consultant import GRID
from services.booking.domain.hours import say_hours
from services.booking.domain.ids import ConsultId
from services.booking.domain.slots import Reason
from services.booking.queries.why import Answer, Busy, Holder
from shared import times
from shared.web.templating import in_words

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, about a call perhaps."""

    text: str
    consult_id: ConsultId | None = None


def explain(answer: Answer, *, now: datetime) -> list[Line]:
    """Why this consultant does not offer the time; or that they do."""
    if not answer.schedule.active:
        return [Line("They take no calls any more.")]
    if answer.reason is not None:
        return _WORDS[answer.reason](answer, now)
    if answer.stray:
        return [
            Line(
                "The rules offer it, but the book still keeps these minutes for a call that should "
                "not have them. Nobody can book it here. Tell whoever looks after the system.",
                consult_id,
            )
            for consult_id in answer.stray
        ]
    return [Line("It is offered.")]


def lasting(span: timedelta) -> str:
    """A length of time in its largest whole unit: "2 days", "12 hours", "90 minutes"."""
    minutes = int(span.total_seconds()) // 60
    for unit, name in ((24 * 60, "day"), (60, "hour")):
        if minutes and minutes % unit == 0 and (name == "hour" or minutes > unit):
            return _counted(minutes // unit, name)
    return _counted(minutes, "minute")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _past(_answer: Answer, _now: datetime) -> list[Line]:
    return [Line("That time is past.")]


def _too_soon(answer: Answer, now: datetime) -> list[Line]:
    notice = answer.schedule.consultant.notice
    first = times.full(now + notice, _zone(answer))
    return [Line(f"Calls are taken {lasting(notice)} ahead at least: not before {first}.")]


def _too_far(answer: Answer, now: datetime) -> list[Line]:
    horizon = answer.schedule.consultant.horizon
    last = times.full(now + horizon, _zone(answer))
    return [Line(f"Calls are taken {lasting(horizon)} ahead at most: until {last} for now.")]


def _off_grid(answer: Answer, _now: datetime) -> list[Line]:
    return [
        Line(
            f"Calls start every {GRID} minutes: on the hour, at {GRID} and at {2 * GRID} past, "
            f"by the clock in {times.zone_name(_zone(answer))}."
        )
    ]


def _holiday(answer: Answer, _now: datetime) -> list[Line]:
    name = answer.holiday or "a public holiday"
    region = answer.schedule.region
    return [Line(f"{times.day_words(answer.day)} is {name} ({region}), when no calls are taken.")]


def _day_off(answer: Answer, _now: datetime) -> list[Line]:
    return [Line(f"{times.day_words(answer.day)} is set as a day off.")]


def _outside(answer: Answer, _now: datetime) -> list[Line]:
    weekday = _DAYS[answer.day.weekday()]
    if not answer.hours:
        return [Line(f"There are no hours on {weekday}s.")]
    rule = "as set for that date" if answer.is_override else f"as on every {weekday}"
    hours, zone = say_hours(answer.hours), times.zone_name(_zone(answer))
    return [
        Line(
            f"The hours on {times.day_words(answer.day)} are {hours} in {zone}, {rule}. "
            "A call must begin and end within them."
        )
    ]


def _unread(answer: Answer, _now: datetime) -> list[Line]:
    feed = answer.feed
    if feed is None or feed.read_at is None:
        since = "has not been read yet"
    else:
        since = f"was last read on {times.full(feed.read_at, _zone(answer))}"
    why = f" {feed.trouble}" if feed is not None and feed.trouble else ""
    return [
        Line(f"Their own calendar {since}, so nothing is offered: what it says is unknown.{why}")
    ]


def _full(answer: Answer, _now: datetime) -> list[Line]:
    cap = answer.schedule.consultant.daily_cap
    day = times.day_words(answer.day)
    return [Line(f"{day} is full: {answer.booked} of {cap} calls a day are taken.")]


def _taken(answer: Answer, _now: datetime) -> list[Line]:
    lines = [_held(each, _zone(answer)) for each in answer.holders]
    who = answer.schedule.consultant
    if lines and (who.buffer_before or who.buffer_after):
        pauses = f"{who.buffer_before} minutes before and {who.buffer_after} after"
        lines.append(Line(f"Every call keeps pauses: {pauses}."))
    return lines or [Line("It was taken a moment ago, and is free again. Reload the page.")]


def _held(holder: Holder, zone: str) -> Line:
    start, first, last = (
        times.clock_time(at, zone) for at in (holder.starts_at, holder.held_from, holder.held_until)
    )
    keeps = f"keeps {first} to {last}, pauses included"
    if holder.hold_expires_at is None:
        return Line(f"The call with {holder.person} at {start} {keeps}.", holder.consult_id)
    until = times.clock_time(holder.hold_expires_at, zone)
    who = holder.person
    return Line(f"{start} is held for {who} until {until}, and {keeps}.", holder.consult_id)


def _busy(answer: Answer, _now: datetime) -> list[Line]:
    return [Line(_engaged(each, _zone(answer))) for each in answer.busy]


def _engaged(busy: Busy, zone: str) -> str:
    start, end = times.short(busy.starts_at, zone), times.short(busy.ends_at, zone)
    if busy.by_calendar:
        return f"Their own calendar says busy from {start} to {end}."
    return f"A session takes them from {start} to {end}."


def _zone(answer: Answer) -> str:
    return answer.schedule.consultant.zone.key


_WORDS: Mapping[Reason, Callable[[Answer, datetime], list[Line]]] = {
    Reason.PAST: _past,
    Reason.TOO_SOON: _too_soon,
    Reason.BEYOND_HORIZON: _too_far,
    Reason.OFF_GRID: _off_grid,
    Reason.HOLIDAY: _holiday,
    Reason.DAY_OFF: _day_off,
    Reason.OUTSIDE_HOURS: _outside,
    Reason.CALENDAR_UNREAD: _unread,
    Reason.DAY_FULL: _full,
    Reason.TAKEN: _taken,
    Reason.BUSY: _busy,
}

STANDS_AGAINST: Mapping[Reason, str] = {
    Reason.OUTSIDE_HOURS: "Outside the hours",
    Reason.DAY_OFF: "On a day off",
    Reason.HOLIDAY: "On a public holiday",
    Reason.BUSY: "Busy then",
}
"""What a booked call collides with."""


def booked_then(count: int) -> str:
    """ "One call is booked then. It stands until you move or cancel it." """
    are = in_words(count, "call is", "calls are")
    them = "It stands" if count == 1 else "They stand"
    it = "it" if count == 1 else "them"
    return f"{are} booked then. {them} until you move or cancel {it}."
