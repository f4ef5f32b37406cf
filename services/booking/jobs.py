"""The periodic steps of booking."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.booking.use_cases.forget_answers import forget_answers
from services.booking.use_cases.lapse_holds import lapse_holds
from shared.db import Database
from shared.service import Job


def jobs(database: Database) -> Sequence[Job]:
    """Each a bounded amount of work at a given time."""

    def forget(now: datetime) -> bool:
        return database.run(lambda session: forget_answers(session, now=now))

    def lapse(now: datetime) -> bool:
        return database.run(lambda session: lapse_holds(session, now=now))

    return (
        Job("forget-answers", every=timedelta(hours=1), step=forget),
        Job("lapse-holds", every=timedelta(seconds=15), step=lapse),
    )
