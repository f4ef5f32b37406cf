"""The periodic steps of cohort."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.cohort.use_cases.advance_cohorts import advance_cohorts
from shared.db import Database
from shared.service import Job


def jobs(database: Database) -> Sequence[Job]:
    """Each a bounded amount of work at a given time."""

    def advance(now: datetime) -> bool:
        return database.run(lambda session: advance_cohorts(session, now=now))

    return (Job("advance-cohorts", every=timedelta(minutes=1), step=advance),)
