"""`grip doctor`: every dependency and setting, and what to do about each."""

from __future__ import annotations

import os
import platform
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass

from services.commands.schema import explain_foreign, first_line, foreign_revision
from services.commands.system import NAMES, build_service, bus_of, read_settings, unknown_variables
from shared import logs
from shared.cli import Fault, say
from shared.clock import SystemClock
from shared.db import migrate
from shared.entropy import SystemEntropy
from shared.service import Parts, Service
from shared.settings import GripSettings


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `ok`, worth knowing (`note`) or `wrong`, and what to do."""

    mark: str
    what: str
    says: str
    do: str = ""


def run(_arguments: Namespace) -> int:
    """Say how everything is; exit 1 when something is wrong."""
    logs.set_up(level="CRITICAL")
    findings = list(_examine())
    for each in findings:
        say(f"{each.mark:5}  {each.what:18} {each.says}")
        if each.do:
            say(f"{'':26}→ {each.do}")
    wrong = sum(each.mark == "wrong" for each in findings)
    say()
    say("All is well." if not wrong else f"{wrong} to mend.")
    return 1 if wrong else 0


def _examine() -> Iterator[Finding]:
    yield Finding("ok", "python", f"{platform.python_version()} at {sys.executable}")
    for variable in unknown_variables():
        yield Finding("note", "environment", f"{variable} is not a setting", "see .env.example")
    try:
        settings = {name: read_settings(name) for name in NAMES}
    except Fault as fault:
        for line in str(fault).splitlines():
            yield Finding("wrong", "settings", line, "see .env.example")
        return
    common = settings["booking"]
    yield Finding("ok", "settings", f"{common.env}, {common.public_base_url}")
    yield _data_dir(common)
    for name in NAMES:
        yield from _service(name, settings[name])
    yield _bus(common)
    yield from _vendors(settings["notify"])


def _data_dir(settings: GripSettings) -> Finding:
    folder = settings.data_dir.resolve()
    if os.access(folder, os.W_OK | os.X_OK):
        return Finding("ok", "data folder", str(folder))
    return Finding(
        "wrong", "data folder", f"{folder} can't be written", "set GRIP_DATA_DIR to one that can"
    )


def _service(name: str, settings: GripSettings) -> Iterator[Finding]:
    try:
        service = build_service(name, settings, Parts(SystemClock(), SystemEntropy()))
    except Fault as fault:
        yield Finding("wrong", name, str(fault), f"mend GRIP_{name.upper()}_DATABASE_URL")
        return
    try:
        database = _database(service)
        yield database
        if database.mark == "ok":
            for note in service.notes():
                yield Finding("note", name, note)
    finally:
        service.database.dispose()


def _database(service: Service) -> Finding:
    # A password may stand among the options too.
    where = service.database.engine.url.set(query={}).render_as_string(hide_password=True)
    try:
        service.database.ping()
    except Exception as error:
        do = f"start the server, or mend GRIP_{service.name.upper()}_DATABASE_URL"
        says = f"{where}: {first_line(error)}"
        return Finding("wrong", f"{service.name} database", says, do)
    if (revision := foreign_revision(service)) is not None:
        return Finding("wrong", f"{service.name} database", explain_foreign(service, revision))
    if migrate.pending(service.database, service.migrations):
        return Finding(
            "wrong", f"{service.name} database", f"{where} is not up to date", "./grip migrate"
        )
    if lacking := service.ready():
        return Finding("note", f"{service.name} database", "; ".join(lacking), "./grip seed")
    return Finding("ok", f"{service.name} database", where)


def _bus(settings: GripSettings) -> Finding:
    if settings.bus_is_local:
        return Finding("ok", "bus", "in this process (memory://): fit for `grip up` only")
    try:
        bus = bus_of(settings)
        bus.ping()
        bus.close()
    except Exception as error:
        return Finding("wrong", "bus", str(error), "start RabbitMQ, or mend GRIP_BUS_URL")
    return Finding("ok", "bus", "RabbitMQ answers")


def _vendors(settings: GripSettings) -> Iterator[Finding]:
    given = (
        ("GRIP_TWILIO_ACCOUNT_SID", bool(settings.twilio_account_sid)),
        ("GRIP_TWILIO_AUTH_TOKEN", bool(settings.twilio_auth_token.get_secret_value())),
        (
            "GRIP_TWILIO_MESSAGING_SERVICE_SID or GRIP_TWILIO_FROM",
            bool(settings.twilio_messaging_service_sid or settings.twilio_from),
        ),
    )
    missing = [name for name, there in given if not there]
    if settings.sends_texts:
        yield Finding("ok", "texts", "sent by Twilio")
    elif len(missing) < len(given):
        yield Finding("wrong", "texts", "Twilio is half set up", f"set {', '.join(missing)}")
    else:
        yield Finding("note", "texts", "captured at /notify/outbox", f"set {', '.join(missing)}")
    if settings.sends_email:
        yield Finding("ok", "email", f"sent by SMTP from {settings.mail_from}")
    else:
        yield Finding("note", "email", "captured at /notify/outbox", "set GRIP_SMTP_URL")
