"""What a new practice starts with, and the sample practice of `--demo`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from datetime import datetime
from typing import Any

from services.booking import bootstrap as booking_bootstrap
from services.booking import seed as booking_seed
from services.cohort import bootstrap as cohort_bootstrap
from services.cohort import seed as cohort_seed
from services.cohort.use_cases.issue_owner_link import issue_owner_link
from services.commands.system import System, build_system
from services.notify import bootstrap as notify_bootstrap
from services.notify import seed as notify_seed
from shared import logs
from shared.bus.memory import MemoryBus
from shared.cli import Fault, say
from shared.runtime import Worker, settle


def run(arguments: Namespace) -> int:
    """`grip seed`: the first consultant, room, program and account, and with --demo a practice."""
    logs.set_up(level="WARNING")
    system = build_system()
    try:
        say(f"Staff sign-in    {plant_first_run(system)}")
        if arguments.demo:
            plant_demo(system)
            say("The sample practice is in place.")
    finally:
        system.close()
    return 0


def plant_first_run(system: System) -> str:
    """Make what is missing for a start; returns a fresh one-time sign-in link for the owner."""
    now = system.parts.clock.now()
    _call(system, "booking", booking_seed.first_run, now)
    _call(system, "notify", notify_seed.first_run, now)
    _call(system, "cohort", cohort_seed.first_run, now)
    keys = cohort_bootstrap.make_keys(system.settings["cohort"])
    database = system.services["cohort"].database
    return database.run(lambda session: issue_owner_link(session, keys=keys, now=now))


def plant_demo(system: System) -> None:
    """Fill the databases with a sample practice, once. Raises `Fault` where people could be hurt.

    Nothing of it may reach anyone, so it is refused where messages are really sent.
    """
    settings = system.settings["notify"]
    if settings.env == "production" or settings.sends_texts or settings.sends_email:
        raise Fault("--demo is refused here: texts or email would really be sent to its people")
    now = system.parts.clock.now()
    _call(system, "booking", booking_seed.demo, now)
    _call(system, "cohort", cohort_seed.demo, now)
    spread_events(system, now)


def spread_events(system: System, now: datetime) -> None:
    """Carry every waiting event to every service, here and now, without the broker's help."""
    bus = MemoryBus()
    bus.declare(system.topology())
    workers = [Worker(service, bus) for service in system.services.values()]

    def step() -> bool:
        relayed = [worker.relay.step(now) for worker in workers]
        consumed = [worker.consumer.step(now) for worker in workers]
        return any(relayed) or any(consumed)

    settle(step)
    bus.close()


def _call(system: System, name: str, act: Callable[..., Any], now: datetime) -> Any:
    """Call a seed in one transaction on its service's database."""
    settings = system.settings[name]
    keys = _MAKE_KEYS[name](settings)
    database = system.services[name].database
    return database.run(lambda session: act(session, settings, keys=keys, now=now))


_MAKE_KEYS: dict[str, Callable[[Any], Any]] = {
    "booking": booking_bootstrap.make_keys,
    "cohort": cohort_bootstrap.make_keys,
    "notify": notify_bootstrap.make_keys,
}
