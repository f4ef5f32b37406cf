"""What needs someone, as the first page of staff says it: a fact, a reason and one action."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from sqlalchemy.orm import Session

from services.booking.queries import calls
from services.booking.queries.calls import Call
from services.booking.queries.conflicts import Conflict, conflicts
from services.booking.queries.duplicates import Record, possible_duplicates
from services.booking.queries.unread import Unread, unread_calendars
from services.booking.web.staff.reasons import STANDS_AGAINST
from shared import times
from shared.web.auth import allowed, current_staff
from shared.web.permissions import Action

MOST = 50
"""Calls of one kind that are listed at once."""


@dataclass(frozen=True, slots=True)
class Task:
    """One of them; `kind` is how urgent its tag looks."""

    tag: str
    kind: str
    title: str
    reason: str
    href: str
    action: str


def tasks_of(session: Session, *, today: date, consultant_id: str, now: datetime) -> list[Task]:
    """Everything that waits, most urgent first: what concerns calls of today, then the rest."""
    tz = current_staff().timezone
    who = consultant_id
    troubled = calls.troubled_calls(session, now, limit=MOST, consultant_id=who)
    waiting = calls.calls_without_outcome(session, now, limit=MOST, consultant_id=who)
    undecided = calls.undecided_calls(session, today, limit=MOST, consultant_id=who)
    found = [_unread(each) for each in unread_calendars(session, now=now)]
    clashes = conflicts(session, now=now, consultant_id=who or None)[:MOST]
    found += [_clash(each, tz, today) for each in clashes if _is_near(each, tz, today)]
    is_near = [times.local(call.consult.starts_at, tz).date() <= today for call in troubled]
    near = [call for call, soon in zip(troubled, is_near, strict=True) if soon]
    later = [call for call, soon in zip(troubled, is_near, strict=True) if not soon]
    found += [_trouble(call, tz, f"By {_clock(call, tz)}") for call in near]
    found += [_outcome(call, tz) for call in waiting]
    found += [_undecided(call, today) for call in undecided]
    found += [_trouble(call, tz, _day(call, tz)) for call in later]
    found += [_clash(each, tz, today) for each in clashes if not _is_near(each, tz, today)]
    if allowed(Action.MANAGE_CONSULTS):
        found += [_alike(group) for group in possible_duplicates(session)]
    return found


def _trouble(call: Call, tz: str, tag: str) -> Task:
    lines = " ".join(trouble.line(can_call=call.phone is not None) for trouble in call.troubles)
    when = times.full(call.consult.starts_at, tz)
    return Task(
        tag=tag,
        kind="warn",
        title=f"A message did not reach {call.person}",
        reason=f"{lines} The call is on {when}.",
        href=_page(call),
        action="Open the call",
    )


def _outcome(call: Call, tz: str) -> Task:
    return Task(
        tag="Now",
        kind="warn",
        title=f"What came of the call with {call.person}?",
        reason=f"{times.full(call.consult.starts_at, tz)}, with {call.consultant}.",
        href=_page(call),
        action="Record it",
    )


def _undecided(call: Call, today: date) -> Task:
    day = call.consult.follow_up_on or today
    since = "today" if day == today else f"on {times.day_words(day)}"
    return Task(
        tag="Today" if day == today else "Overdue",
        kind="" if day == today else "warn",
        title=f"Decide about {call.person}",
        reason=f"Undecided after the call with {call.consultant}; to be decided {since}.",
        href=_page(call),
        action="Decide",
    )


def _unread(each: Unread) -> Task:
    theirs = url_for("availability.show", consultant_id=each.consultant_id)
    return Task(
        tag="Now",
        kind="stop",
        title=f"No times with {each.name} are offered",
        reason=f"Their own calendar can't be read. {each.why}",
        href=theirs if allowed(Action.MANAGE_CONSULTS) else url_for("consultants.index"),
        action="See the calendar",
    )


def _clash(each: Conflict, tz: str, today: date) -> Task:
    clock = times.clock_time(each.starts_at, tz)
    day = times.short(each.starts_at, tz).partition(",")[0].partition(" ")[2]
    near = _is_near(each, tz, today)
    when = times.full(each.starts_at, tz)
    return Task(
        tag=f"By {clock if near else day}",
        kind="warn" if near else "",
        title=f"The call with {each.person} does not fit",
        reason=f"{when}, with {each.consultant}. {STANDS_AGAINST[each.reason]}.",
        href=url_for("staff_call.show", consult_id=each.consult_id),
        action="Open the call",
    )


def _is_near(each: Conflict, tz: str, today: date) -> bool:
    return times.local(each.starts_at, tz).date() <= today


def _alike(group: list[Record]) -> Task:
    names = [record.name for record in group]
    number = sum(len(record.calls) for record in group)
    return Task(
        tag="This week",
        kind="",
        title=f"Perhaps the same person: {', '.join(names[:-1])} and {names[-1]}",
        reason=f"One email or phone number, {number} {'call' if number == 1 else 'calls'}.",
        href=url_for("staff_people.index"),
        action="Compare",
    )


def _page(call: Call) -> str:
    return url_for("staff_call.show", consult_id=call.consult.id)


def _clock(call: Call, tz: str) -> str:
    return times.clock_time(call.consult.starts_at, tz)


def _day(call: Call, tz: str) -> str:
    return f"By {times.weekday(call.consult.starts_at, tz)}"
