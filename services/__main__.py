"""The command line of Grip. Each verb's code is loaded only when it is used."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from services import VERSION
from shared.cli import Fault, warn

SERVICES = ("booking", "cohort", "notify")
ROLES = ("admin", "coordinator", "clinician", "consultant")
QUALIFICATIONS = ("facilitator", "prescriber", "medical")


def build_parser() -> argparse.ArgumentParser:
    """Every verb with its options."""
    parser = argparse.ArgumentParser(
        prog="grip",
        description="Consult booking, cohorts and reminders for an 8-week group program.",
    )
    parser.add_argument("--version", action="version", version=f"grip {VERSION}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    _running(verbs)
    _keeping(verbs)
    _flow(verbs)
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit status."""
    given = list(sys.argv[1:] if words is None else words)
    if not given or given[0] == "help":
        given = [*given[1:], "--help"]
    parser = build_parser()
    arguments, rest = parser.parse_known_args(given)
    if arguments.verb == "test":
        arguments.words = rest
    elif rest:
        parser.error(f"unknown: {' '.join(rest)}")
    try:
        return _load(arguments.run)(arguments)
    except Fault as fault:
        return _refuse(str(fault))
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        from sqlalchemy.exc import SQLAlchemyError

        if not isinstance(error, SQLAlchemyError):
            raise
        from services.commands.schema import first_line

        return _refuse(
            f"the database can't be used: {first_line(error)}; run ./grip doctor, or ./grip migrate"
        )


def _refuse(why: str) -> int:
    for line in why.splitlines():
        warn(f"grip: {line}")
    return 2


def _running(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    up = verbs.add_parser("up", help="run everything in one process")
    up.add_argument("--port", type=_port, default=8000, help="8000 unless told")
    up.add_argument("--host", default="127.0.0.1", help="127.0.0.1 unless told")
    up.add_argument("--demo", action="store_true", help="fill in a fictional practice, once")
    up.add_argument("--verbose", action="store_true", help="log every request and step")
    up.set_defaults(run="up:run")
    serve = verbs.add_parser("serve", help="run one service's web processes (gunicorn)")
    serve.add_argument("service", choices=SERVICES)
    serve.add_argument("--bind", metavar="HOST:PORT", help="127.0.0.1:8001, 8002 or 8003")
    serve.add_argument("--workers", type=_count, default=2, help="processes; 2 unless told")
    serve.set_defaults(run="processes:serve")
    work = verbs.add_parser("work", help="run one service's relay, consumer and periodic steps")
    work.add_argument("service", choices=SERVICES)
    work.set_defaults(run="processes:work")


def _keeping(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    migrate = verbs.add_parser("migrate", help="bring databases and bus up to date")
    migrate.add_argument(
        "--new", nargs=2, metavar=("SERVICE", "MESSAGE"), help="write a service's next revision"
    )
    migrate.set_defaults(run="manage:migrate")
    seed = verbs.add_parser("seed", help="make what a new practice starts with")
    seed.add_argument("--demo", action="store_true", help="fill in a fictional practice, once")
    seed.set_defaults(run="seed:run")
    staff = verbs.add_parser("staff", help="staff accounts").add_subparsers(
        dest="act", required=True, metavar="ACT"
    )
    add = staff.add_parser("add", help="open an account and print its sign-in link")
    add.add_argument("email", metavar="EMAIL")
    add.add_argument("--role", action="append", required=True, choices=ROLES)
    add.add_argument("--qualification", action="append", choices=QUALIFICATIONS)
    add.add_argument("--name", help="the part of the email before @ unless told")
    add.set_defaults(run="manage:add_staff")
    doctor = verbs.add_parser("doctor", help="check every dependency and setting")
    doctor.set_defaults(run="doctor:run")
    bench = verbs.add_parser("bench", help="measure against a baseline that runs beside it")
    bench.add_argument("what", choices=("slots", "booking"))
    bench.set_defaults(run="manage:bench")
    test = verbs.add_parser("test", help="run the tests; further words go to pytest")
    test.set_defaults(run="manage:test", words=[])


def _flow(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    events = verbs.add_parser("events", help="print the event reference")
    events.set_defaults(run="manage:events")
    dead = verbs.add_parser("dead", help="events that could not be handled")
    dead.add_argument("act", choices=("list", "show", "retry", "drop"))
    dead.add_argument("event_id", nargs="?", metavar="EVENT")
    dead.add_argument("--service", choices=SERVICES)
    dead.set_defaults(run="flow:dead_events")
    replay = verbs.add_parser(
        "replay", help="publish a service's events again, after a lost broker"
    )
    replay.add_argument("service", choices=SERVICES)
    replay.add_argument(
        "--since", required=True, metavar="INSTANT", help="such as 2027-01-04T15:00Z"
    )
    replay.set_defaults(run="flow:replay")


def _load(where: str) -> Callable[[argparse.Namespace], int]:
    module, _, name = where.partition(":")
    found: Callable[[argparse.Namespace], int] = getattr(
        import_module(f"services.commands.{module}"), name
    )
    return found


def _port(text: str) -> int:
    number = _count(text)
    if number > 65535:
        raise argparse.ArgumentTypeError("a port is at most 65535")
    return number


def _count(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
