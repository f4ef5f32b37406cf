"""The periodic steps of booking."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.booking.keys import Keys
from services.booking.ports import CalendarRequest, CalendarSource, CalendarUnreadable
from services.booking.queries.waitlist import is_due
from services.booking.store.calendars import any_due, claim_due
from services.booking.use_cases.alert_unread import alert_unread, outages
from services.booking.use_cases.forget_answers import forget_answers
from services.booking.use_cases.forget_undos import forget_undos
from services.booking.use_cases.keep_calendar import keep_calendar, keep_trouble
from services.booking.use_cases.lapse_holds import lapse_holds
from services.booking.use_cases.pass_on_offers import pass_on_offers
from shared.db import Database
from shared.service import Job

MARGIN = timedelta(days=3)
"""How much further than the horizon a calendar is read: it moves on until the next reading."""


def jobs(database: Database, keys: Keys, calendars: CalendarSource) -> Sequence[Job]:
    """Each a bounded amount of work at a given time."""

    def forget(now: datetime) -> bool:
        return database.run(lambda session: forget_answers(session, now=now))

    def forget_taken_back(now: datetime) -> bool:
        return database.run(lambda session: forget_undos(session, now=now))

    def lapse(now: datetime) -> bool:
        return database.run(lambda session: lapse_holds(session, now=now))

    def pass_on(now: datetime) -> bool:
        with database.reading() as session:  # so that nobody's writing waits for an idle look
            if not is_due(session, now=now):
                return False
        return database.run(lambda session: pass_on_offers(session, keys=keys, now=now))

    def read(now: datetime) -> bool:
        return read_calendar(database, calendars, now)

    def alert(now: datetime) -> bool:
        with database.reading() as session:
            if not outages(session, now=now):
                return False
        database.run(lambda session: alert_unread(session, now=now))
        return False

    return (
        Job("forget-answers", every=timedelta(hours=1), step=forget),
        Job("forget-undos", every=timedelta(hours=1), step=forget_taken_back),
        Job("lapse-holds", every=timedelta(seconds=15), step=lapse),
        Job("waitlist", every=timedelta(seconds=5), step=pass_on),
        Job("read-calendars", every=timedelta(minutes=1), step=read),
        Job("alert-unread", every=timedelta(minutes=1), step=alert),
    )


def read_calendar(database: Database, calendars: CalendarSource, now: datetime) -> bool:
    """Read one calendar that is due: claim (commit) → read → keep (commit). Whether one was."""
    with database.reading() as session:  # so that nobody's writing waits for an idle look
        if not any_due(session, now=now):
            return False
    claim = database.run(lambda session: claim_due(session, now=now))
    if claim is None:
        return False
    start, end = now - timedelta(days=1), now + claim.horizon + MARGIN
    try:
        busy = calendars.busy(CalendarRequest(claim.url, claim.zone, start, end))
    except CalendarUnreadable as error:
        trouble = str(error)
        database.run(lambda session: keep_trouble(session, claim, trouble, now=now))
    else:
        database.run(lambda session: keep_calendar(session, claim, busy, now=now))
    return True
