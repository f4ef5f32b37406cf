"""What a new practice starts with, and the sample practice of `--demo`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
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
from shared.cli import say


def run(arguments: Namespace) -> int:
    """`grip seed`: the first consultant, room, program and account, and with --demo a practice."""
    logs.set_up(level="WARNING")
    system = build_system()
    try:
        if arguments.demo:
            from services.commands.demo import plant_demo

            plant_demo(system)
            say("The sample practice is in place.")
        say(f"Staff sign-in    {plant_first_run(system)}")
    finally:
        system.close()
    return 0


def plant_first_run(system: System) -> str:
    """Make what is missing for a start; returns a fresh one-time sign-in link for the owner."""
    for name, seed in _SEEDS.items():
        call(system, name, seed.first_run)
    now, database = system.parts.clock.now(), system.services["cohort"].database
    keys = cohort_bootstrap.make_keys(system.settings["cohort"])
    return database.run(lambda session: issue_owner_link(session, keys=keys, now=now))


def call(system: System, name: str, act: Callable[..., object]) -> None:
    """Call one service's seed in one transaction on its database."""
    settings, now = system.settings[name], system.parts.clock.now()
    keys = _BOOTSTRAPS[name].make_keys(settings)
    system.services[name].database.run(
        lambda session: act(session, settings, keys=keys, now=now),
    )


_SEEDS: dict[str, Any] = {"booking": booking_seed, "notify": notify_seed, "cohort": cohort_seed}
_BOOTSTRAPS: dict[str, Any] = {
    "booking": booking_bootstrap,
    "notify": notify_bootstrap,
    "cohort": cohort_bootstrap,
}
