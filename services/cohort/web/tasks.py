"""What needs someone, one fact and one action each, and the day's calls and sessions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.cohort.domain.cohort import Stage
from services.cohort.domain.program import Kind
from services.cohort.queries.cohorts import CohortLine
from services.cohort.queries.sessions import SessionLine
from services.cohort.queries.today import Today
from services.cohort.web.words import (
    KINDS,
    month_day,
    place_words,
    short_day,
    time_range,
    waited,
)
from shared.times import clock_time, day_words, local, zone_name

LOOK_AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that needs someone. `due` orders the list; `needs` is the action it takes."""

    tag: str
    kind: str
    title: str
    reason: str
    action: str
    href: str
    due: datetime
    needs: str


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the day, for whoever may do what `needs` names."""

    at: datetime
    words: str
    title: str
    detail: str
    href: str
    needs: str


def tasks(state: Today, *, day: date, zone: str, now: datetime) -> list[Task]:
    """Everything that needs someone, soonest first; `day` is the date in `zone`."""
    found = [
        *_waiting(state, zone=zone, now=now),
        *_follow_ups(state, day=day, now=now),
        *_unreached(state, zone=zone, now=now),
        *(task for cohort in state.cohorts for task in _of_cohort(cohort, state, now=now)),
    ]
    return sorted(found, key=lambda task: (task.due, task.title))


def agenda(state: Today, *, zone: str, start: datetime, end: datetime) -> list[Item]:
    """The calls and group sessions from `start` to `end`, in order of time.

    Calls by the clocks of `zone`; a session by those of its venue, named where it is elsewhere.
    """
    items = [
        Item(
            call.starts_at,
            clock_time(call.starts_at, zone),
            call.name,
            f"{call.meeting_kind.capitalize()}, {call.consultant}",
            "",
            "view_consults",
        )
        for call in state.calls
    ]
    items += [
        Item(
            one.starts_at,
            clock_time(one.starts_at, cohort.timezone),
            f"Cohort {cohort.label}",
            f"Week {one.week}, {cohort.room or 'online'}"
            + ("" if cohort.timezone == zone else f", {zone_name(cohort.timezone)}"),
            f"/cohort/cohorts/{cohort.cohort_id}",
            "view_today",
        )
        for cohort in state.cohorts
        for one in state.sessions[cohort.cohort_id]
        if one.is_group and start <= one.starts_at < end
    ]
    return sorted(items, key=lambda item: item.at)


def _waiting(state: Today, *, zone: str, now: datetime) -> Iterator[Task]:
    first = state.longest_waiting
    if first is None:
        return
    many = state.waiting != 1
    qualified = month_day(local(first.qualified_at, zone).date())
    yield Task(
        tag="This week",
        kind="",
        title=f"{state.waiting} applicants wait for a cohort" if many else f"Waiting: {first.name}",
        reason=f"{first.name} qualified on {qualified}"
        f" and has waited longest, {waited(first.qualified_at, now)}."
        if many
        else f"Qualified on {qualified}; no seat in a cohort yet.",
        action="See who waits" if many else "Find a seat",
        href="/cohort/applicants/" if many else f"/cohort/applicants/{first.person_id}",
        due=now + timedelta(days=7),
        needs="view_applicants",
    )


def _follow_ups(state: Today, *, day: date, now: datetime) -> Iterator[Task]:
    for one in state.follow_ups:
        late = one.day < day
        yield Task(
            tag="Late" if late else "Today" if one.day == day else "Tomorrow",
            kind="warn" if one.day <= day else "",
            title=f"Undecided: {one.name}",
            reason=f"To be followed up on {day_words(one.day)}.",
            action="Open consults",
            href="/booking/staff/",
            due=now if late else now + timedelta(days=(one.day - day).days, hours=8),
            needs="view_consults",
        )


def _unreached(state: Today, *, zone: str, now: datetime) -> Iterator[Task]:
    for one in state.unreached:
        text = one.channel == "sms"
        day = month_day(local(one.at, zone).date())
        yield Task(
            tag="This week",
            kind="",
            title=f"{'A number' if text else 'An email'} cannot be reached: {one.name}",
            reason=f"The {'text' if text else 'email'} of {day} did not arrive.",
            action="Check the number" if text else "Check the address",
            href=f"/cohort/applicants/{one.person_id}/contact",
            due=now + timedelta(days=6),
            needs="manage_applicants",
        )


def _of_cohort(cohort: CohortLine, state: Today, *, now: datetime) -> Iterator[Task]:
    """What one cohort lacks: people or a decision before it starts, staff, readiness."""
    sessions = state.sessions[cohort.cohort_id]
    href = f"/cohort/cohorts/{cohort.cohort_id}"
    if cohort.stage is Stage.FORMING and cohort.first_session_at - now < LOOK_AHEAD:
        yield _forming(cohort, href, now=now)
    coming = [one for one in sessions if one.is_group and not one.done]
    short = next((one for one in coming if one.gaps), None)
    if short is not None and cohort.stage is not Stage.FORMING:
        yield _task(
            cohort,
            short,
            title=f"{short.gaps[0].capitalize()}: cohort {cohort.label}, week {short.week}",
            extra="",
            now=now,
        )
    medicine = next((one for one in coming if one.kind is Kind.MEDICINE), None)
    if medicine is None or cohort.taken == 0 or medicine.starts_at - now > LOOK_AHEAD:
        return
    yield _task(
        cohort,
        medicine,
        title=f"0 of {cohort.taken} people ready: cohort {cohort.label}, week {medicine.week}",
        extra=" Nobody's clearance is recorded.",
        now=now,
    )


def _forming(cohort: CohortLine, href: str, *, now: datetime) -> Task:
    starts = month_day(local(cohort.first_session_at, cohort.timezone).date())
    begun = cohort.first_session_at <= now
    return Task(
        tag="Late" if begun else "This week",
        kind="warn",
        title=f"Not confirmed: cohort {cohort.label}",
        reason=f"{'Its first session was' if begun else 'It starts'} on {starts}; "
        f"{cohort.taken} of at least {cohort.min_size} people are enrolled.",
        action="Open the cohort",
        href=href,
        due=cohort.first_session_at,
        needs="view_cohorts",
    )


def _task(cohort: CohortLine, one: SessionLine, *, title: str, extra: str, now: datetime) -> Task:
    """A task about one coming session; amber within two days of it."""
    soon = one.starts_at - now < timedelta(days=2)
    zone = zone_name(cohort.timezone)
    times = f"{time_range(one.starts_at, one.ends_at, cohort.timezone)} {zone}"
    return Task(
        tag=f"By {month_day(one.day)}",
        kind="warn" if soon else "",
        title=title,
        reason=f"{KINDS[one.kind]}, {short_day(one.day)}, {times}, {place_words(cohort)}.{extra}",
        action="Open the cohort",
        href=f"/cohort/cohorts/{cohort.cohort_id}",
        due=one.starts_at,
        needs="view_cohorts",
    )
