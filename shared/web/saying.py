"""How templates say times, phones and the crisis lines."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import phonenumbers
from flask import Flask
from markupsafe import Markup, escape
from phonenumbers import PhoneNumber, PhoneNumberFormat

from shared import times
from shared.web.language import language

_HOME_REGION = "US"  # only for numbers written without their country, such as a setting
_NUMBER = re.compile(r"\b(?:988|911)\b|\+?\(?\d[\d ().-]{8,}\d")


def phone(number: str) -> str:
    """A number as people here write it: "(207) 555-0142"; abroad "+44 20 7946 0018"."""
    parsed = _parsed(number)
    if parsed is None:
        return number
    national = parsed.country_code == 1
    style = PhoneNumberFormat.NATIONAL if national else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


def tel(number: str) -> str:
    """The address that calls a number: "tel:+12075550142"."""
    parsed = _parsed(number)
    if parsed is None:
        return "tel:" + re.sub(r"[^\d+]", "", number)
    return "tel:" + phonenumbers.format_number(parsed, PhoneNumberFormat.E164)


def crisis_lines(text: str) -> Markup:
    """The crisis text with its question in bold and its numbers ready to call."""
    question, mark, rest = text.partition("?")
    if not mark:
        return _with_calls(text)
    return Markup("<strong>{}?</strong>").format(question) + _with_calls(rest)


def sentence(words: str) -> str:
    """The words as they stand at a beginning: with a capital letter."""
    return words[:1].upper() + words[1:]


def time_tag(at: datetime, words: str) -> Markup:
    """`words` in a `time` element that carries the instant for programs."""
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), words)


def install(app: Flask) -> None:
    """Give the app's templates these filters: `at | long_day(tz)`, `number | phone`, ….

    They speak the language of the page, unless they are given a `locale`.
    """
    app.jinja_env.filters.update(
        long_day=_in_its_language(times.long_day),
        clock_time=_in_its_language(times.clock_time),
        at_time=_in_its_language(times.at_time),
        until_time=_in_its_language(times.until_time),
        full_time=_in_its_language(times.full),
        short_time=_in_its_language(times.short),
        day_words=_in_its_language(times.day_words),
        sentence=sentence,
        phone=phone,
        tel=tel,
        crisis_lines=crisis_lines,
        time_tag=time_tag,
    )
    app.jinja_env.globals.update(
        span=_in_its_language(times.span),
        zone_name=_in_its_language(times.zone_name),
    )


def _in_its_language(say: Callable[..., str]) -> Callable[..., str]:
    def said(*values: Any, locale: str = "") -> str:
        return say(*values, locale=locale or language())

    return said


def _with_calls(text: str) -> Markup:
    parts, end = Markup(""), 0
    for found in _NUMBER.finditer(text):
        parts += escape(text[end : found.start()])
        parts += Markup('<a href="{}">{}</a>').format(tel(found.group()), found.group())
        end = found.end()
    return parts + escape(text[end:])


def _parsed(number: str) -> PhoneNumber | None:
    try:
        parsed = phonenumbers.parse(number, _HOME_REGION)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_possible_number(parsed) else None
