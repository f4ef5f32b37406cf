"""`--demo`: a sample practice that has lived through its past, message by message."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from services.booking import seed as booking_seed
from services.booking.tables import ConsultRow
from services.cohort import seed as cohort_seed
from services.cohort.tables import CohortRow
from services.commands.seed import call
from services.commands.system import System, build_system
from services.notify.tables import MessageRow
from shared.bus.memory import MemoryBus
from shared.cli import Fault, Progress, say
from shared.clock import ManualClock
from shared.db.common import outbox
from simulation.driver import Driver

LONG_AGO = timedelta(weeks=52)


def plant_demo(system: System) -> None:
    """Fill the databases with a sample practice, once. Raises `Fault` where people could be hurt.

    Nothing of it may reach anyone, so it is refused where messages are really sent.
    """
    settings = system.settings["notify"]
    if settings.env == "production" or settings.sends_texts or settings.sends_email:
        raise Fault("--demo is refused here: texts or email would really be sent to its people")
    if _in_use(system):
        say("There are consults or cohorts already, so the sample practice is left out.")
        return
    now = system.parts.clock.now()
    call(system, "booking", booking_seed.demo)
    call(system, "cohort", cohort_seed.demo)
    _relive(system, until=now)


def _in_use(system: System) -> bool:
    """Whether anything was booked or planned here before."""
    for name, table in (("booking", ConsultRow), ("cohort", CohortRow)):
        with system.services[name].database.reading() as session:
            if session.scalar(select(func.count()).select_from(table)):
                return True
    return False


def _relive(system: System, *, until: datetime) -> None:
    """Let every event and message of the past happen at its own time, up to `until`.

    A second set of the services works on the same databases, on a clock that is turned by hand
    and a bus of its own, so that the log shows texts sent on the days they were due.
    """
    settings = system.settings["notify"]
    clock = ManualClock(until - LONG_AGO)
    past = build_system(
        clock=clock,
        bus=MemoryBus(),
        data_dir=settings.data_dir,
        public_base_url=settings.public_base_url,
    )
    try:
        past.bus.declare(past.topology())
        driver = Driver(past, clock)
        progress = Progress("Filling in a sample practice, days", LONG_AGO.days)
        while (at := _next(past, after=clock.now())) is not None and at < until:
            progress.step((at - clock.now()).days)
            clock.set(at)
            driver.run_jobs("notify")
        clock.set(until)
        driver.run_jobs("notify")
        progress.finish()
    finally:
        past.close()


def _next(system: System, *, after: datetime) -> datetime | None:
    """When something is to happen next: an event becomes available, or a message is due."""
    found: list[datetime] = []
    for service in system.services.values():
        with service.database.reading() as session:
            waiting = select(func.min(outbox.c.available_at)).where(
                outbox.c.sent_at.is_(None), outbox.c.available_at > after
            )
            if (at := session.scalar(waiting)) is not None:
                found.append(at)
            if service.name == "notify":
                due = select(func.min(MessageRow.wake_at)).where(MessageRow.wake_at > after)
                if (at := session.scalar(due)) is not None:
                    found.append(at)
    return min(found, default=None)
