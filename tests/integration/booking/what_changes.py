"""What staff, and cohort, change about a consultant's time while people book."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st
from sqlalchemy.orm import Session

from services.booking.domain.consultant import Consultant
from services.booking.domain.intervals import span_of
from services.booking.store import calendars
from services.booking.store.consultants import get_schedule
from services.booking.use_cases.bring_back_consultant import bring_back_consultant
from services.booking.use_cases.change_consultant import change_consultant
from services.booking.use_cases.connect_calendar import connect_calendar
from services.booking.use_cases.disconnect_calendar import disconnect_calendar
from services.booking.use_cases.keep_calendar import keep_calendar
from services.booking.use_cases.override_days import override_days
from services.booking.use_cases.retire_consultant import retire_consultant
from services.booking.use_cases.set_hours import set_hours
from services.booking.use_cases.set_staff_busy import set_staff_busy
from shared.events import BusyTime, StaffBusyChanged
from tests.integration.booking.worlds import (
    apart,
    busy_times,
    consultants,
    openings,
    profile_of,
    weeks,
)

WHO = "staff:s1"
Change = Callable[[st.DataObject, Session, Consultant, datetime], None]


def set_a_day(data: st.DataObject, session: Session, who: Consultant, now: datetime) -> None:
    day = now.astimezone(who.zone).date() + data.draw(st.integers(0, 3)) * timedelta(days=1)
    hours = apart(data.draw(st.lists(openings(), max_size=2)))
    override_days(session, who.id, [day], hours=hours, actor=WHO, now=now)


def set_the_week(data: st.DataObject, session: Session, who: Consultant, now: datetime) -> None:
    set_hours(session, who.id, data.draw(weeks()), actor=WHO, now=now)


def set_limits(data: st.DataObject, session: Session, who: Consultant, now: datetime) -> None:
    """Buffers, cap, notice, horizon and zone; what is booked keeps the minutes it had."""
    changed = replace(data.draw(consultants(0)), id=who.id, name=who.name)
    region = get_schedule(session, who.id).region
    change_consultant(session, changed, profile_of(who.id, region), actor=WHO, now=now)


def come_or_go(data: st.DataObject, session: Session, who: Consultant, now: datetime) -> None:
    if get_schedule(session, who.id).active:
        retire_consultant(session, who.id, actor=WHO, now=now)
    else:
        bring_back_consultant(session, who.id, actor=WHO, now=now)


def tell_sessions(data: st.DataObject, session: Session, who: Consultant, now: datetime) -> None:
    busy = tuple(BusyTime(starts_at=a, ends_at=b) for a, b in data.draw(busy_times(now)))
    staff_id = profile_of(who.id, None).staff_id
    assert staff_id is not None
    set_staff_busy(session, StaffBusyChanged(sequence=1, staff_id=staff_id, busy=busy))


def read_calendar(data: st.DataObject, session: Session, who: Consultant, now: datetime) -> None:
    """The calendar is read again, or for the first time; one in three cannot be read at all."""
    if calendars.find_feed(session, who.id) is None:
        connect_calendar(session, who.id, "https://c.example/", actor=WHO, now=now)
    calendars.make_due(session, who.id, now=now, forget=data.draw(st.booleans()))
    busy = [span_of(a, b) for a, b in data.draw(busy_times(now))]
    while claim := calendars.claim_due(session, now=now):
        if data.draw(st.integers(0, 2)):
            keep_calendar(session, claim, busy, now=now)


def forget_calendar(_: st.DataObject, session: Session, who: Consultant, now: datetime) -> None:
    disconnect_calendar(session, who.id, actor=WHO, now=now)


CHANGES: tuple[Change, ...] = (
    set_a_day, set_the_week, set_limits, come_or_go, tell_sessions, read_calendar, forget_calendar,
)  # fmt: skip
