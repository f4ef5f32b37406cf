"""`grip migrate`, `grip staff`, `grip events`, `grip test`: short verbs."""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

from services.commands.schema import refuse_foreign
from services.commands.system import NAMES, build_system
from shared import logs
from shared.cli import Fault, say
from shared.db import migrate as alembic

ROOT = Path(__file__).resolve().parents[2]


def migrate(arguments: Namespace) -> int:
    """Every service's schema, then every exchange, queue and binding."""
    logs.set_up(level="WARNING")
    name, message = arguments.new or ("", "")
    if arguments.new and name not in NAMES:
        raise Fault(f"there is no service {name!r}: --new takes {', '.join(NAMES)}")
    system = build_system()
    try:
        if arguments.new:
            service = system.services[name]
            refuse_foreign(service)
            alembic.upgrade(service.database, service.migrations, service.metadata)
            alembic.revise(service.database, service.migrations, service.metadata, message)
            return 0
        system.migrate(say)
    finally:
        system.close()
    say("Databases and bus are up to date.")
    return 0


def add_staff(arguments: Namespace) -> int:
    """Open an account and print its one-time sign-in link."""
    from services.cohort.bootstrap import make_keys
    from services.cohort.use_cases.add_staff import NewStaff
    from services.cohort.use_cases.add_staff import add_staff as open_account
    from services.cohort.use_cases.issue_sign_in_link import issue_sign_in_link

    logs.set_up(level="WARNING")
    email, name = _checked(arguments.email, arguments.name)
    system = build_system()
    settings, database = system.settings["cohort"], system.services["cohort"].database
    keys, now = make_keys(settings), system.parts.clock.now()
    new = NewStaff(
        email=email,
        name=name,
        roles=tuple(arguments.role),
        qualifications=tuple(arguments.qualification or ()),
        timezone=settings.practice_timezone,
    )
    try:
        with database.transaction() as session:
            made = open_account(session, new, keys=keys, actor="service:console", now=now)
            link = issue_sign_in_link(session, made, keys=keys, actor="service:console", now=now)
    except Exception as error:
        if not hasattr(error, "slug"):
            raise
        raise Fault(str(error)) from None
    finally:
        system.close()
    say(f"Sign-in link, works once: {link}")
    return 0


def _checked(email: str, name: str | None) -> tuple[str, str]:
    """Email and name by the rules of the staff page's own form. Raises `Fault`."""
    from werkzeug.datastructures import MultiDict

    from services.cohort.web.forms import Form

    given = name if name is not None else email.partition("@")[0]
    form = Form(MultiDict({"email": email, "name": given}))
    checked = form.email("email"), form.text("name", "Enter a name.")
    if form.errors:
        raise Fault("\n".join(f"{field}: {said}" for field, said in form.errors.items()))
    return checked


def events(_arguments: Namespace) -> int:
    """Print the event reference; docs/events.md holds the same."""
    from shared.events.docs import render

    print(render(), end="")
    return 0


def test(arguments: Namespace) -> int:
    """Run the tests from the project's folder, whatever the present one."""
    os.chdir(ROOT)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.call([sys.executable, "-m", "pytest", *arguments.words], env=environment)


def bench(arguments: Namespace) -> int:
    """Run one of the benchmarks from the project's folder; it needs PostgreSQL."""
    os.chdir(ROOT)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", f"benchmarks.{arguments.what}"]
    return subprocess.call(words, env=environment)


__all__ = ["NAMES", "add_staff", "bench", "events", "migrate", "test"]
