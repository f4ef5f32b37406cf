"""Jinja as every service uses it: strict, with the shared pages and a few facts at hand."""

from pathlib import Path
from typing import Any

from flask import Flask, get_flashed_messages
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined

from shared.web import language, saying
from shared.web.auth import allowed, signed_in
from shared.web.context import now, web
from shared.web.hosts import absolute

SHARED = Path(__file__).parent / "templates"
TABS = (
    ("today", "Today", "/cohort/", "view_today"),
    ("consults", "Consults", "/booking/staff/", "view_consults"),
    ("people", "People", "/cohort/applicants/", "view_applicants"),
    ("cohorts", "Cohorts", "/cohort/cohorts/", "view_cohorts"),
    ("messages", "Messages", "/notify/messages/", "view_messages"),
)
NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def install(app: Flask, templates: Path) -> None:
    """Let the app find the service's templates, then the shared ones; refuse unknown names."""
    app.jinja_loader = ChoiceLoader([FileSystemLoader(templates), FileSystemLoader(SHARED)])
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.globals.update(
        allowed=allowed,
        absolute=absolute,
        now=now,
        in_words=in_words,
        things_to_fix=things_to_fix,
        get_flashed_messages=get_flashed_messages,
    )
    language.install(app, templates.parent / "translations")
    saying.install(app)
    app.context_processor(_facts)


def in_words(count: int, one: str, many: str) -> str:
    """ "One thing to fix" · "Two things to fix" · "12 things to fix"; small numbers in words."""
    return f"{_number(count)} {one if count == 1 else many}"


def things_to_fix(count: int) -> str:
    """The heading of an error summary, in the language of the page."""
    number = language.gettext(_number(count))
    return language.ngettext("One thing to fix", "%(number)s things to fix", count, number=number)


def _number(count: int) -> str:
    return NUMBERS[count] if 0 <= count < len(NUMBERS) else str(count)


def _facts() -> dict[str, Any]:
    context = web()
    settings = context.settings
    spanish = settings.crisis_text_es if language.language() == "es" else ""
    return {
        "service": context.name,
        "practice_name": settings.practice_name,
        "practice_phone": settings.practice_phone,
        "practice_timezone": settings.practice_timezone,
        "crisis_text": spanish or settings.crisis_text,
        "exit_url": settings.exit_url,
        "staff": signed_in(),
        "tabs": TABS,
    }
