"""The periodic steps of booking."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.booking.keys import Keys
from services.booking.queries.waitlist import is_due
from services.booking.use_cases.forget_answers import forget_answers
from services.booking.use_cases.forget_undos import forget_undos
from services.booking.use_cases.lapse_holds import lapse_holds
from services.booking.use_cases.pass_on_offers import pass_on_offers
from shared.db import Database
from shared.service import Job


def jobs(database: Database, keys: Keys) -> Sequence[Job]:
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

    return (
        Job("forget-answers", every=timedelta(hours=1), step=forget),
        Job("forget-undos", every=timedelta(hours=1), step=forget_taken_back),
        Job("lapse-holds", every=timedelta(seconds=15), step=lapse),
        Job("waitlist", every=timedelta(seconds=5), step=pass_on),
    )
