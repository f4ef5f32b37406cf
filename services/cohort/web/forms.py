"""Forms as they come: each field is read once, and what is wrong is said beside it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import date, time
from typing import overload
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberFormat
from werkzeug.datastructures import MultiDict

_SEEN = "LNPS"
"""Unicode's letters, numbers, punctuation and symbols: what can be seen in a name."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(:00)?", re.ASCII)


class Form:
    """Reads fields of `data`; `errors` collects what to fix, by field, and starts empty."""

    def __init__(self, data: MultiDict[str, str]) -> None:
        self._data = data
        self.errors: dict[str, str] = {}

    def typed(self, name: str) -> str:
        """What was typed, trimmed; empty when there is no such field."""
        return self._data.get(name, "").strip()

    def text(self, name: str, missing: str, *, most: int = 80) -> str:
        """One line of text; `missing` says what to do when there is none."""
        value = " ".join(self.typed(name).split())
        if not any(unicodedata.category(char)[0] in _SEEN for char in value):
            self.errors[name] = missing
        elif len(value) > most:
            self.errors[name] = f"Use at most {most} characters."
        return value

    def number(self, name: str, *, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        value = self.typed(name)
        if not re.fullmatch(r"\d{1,4}", value, re.ASCII) or not low <= int(value) <= high:
            self.errors[name] = f"Enter a number from {low} to {high}."
            return low
        return int(value)

    def day(self, name: str, *, earliest: date, latest: date) -> date:
        """A calendar date within bounds."""
        typed = self.typed(name)
        try:
            value = date.fromisoformat(typed if _DATE.fullmatch(typed) else "")
        except ValueError:
            self.errors[name] = "Enter a date, such as 2027-01-13."
            return earliest
        if not earliest <= value <= latest:
            self.errors[name] = f"Choose a date from {earliest} to {latest}."
        return value

    def clock(self, name: str) -> time:
        """A wall-clock time on the five-minute grid."""
        found = _TIME.fullmatch(self.typed(name))
        if found is None:
            self.errors[name] = "Enter a time, such as 13:00."
            return time(0)
        value = time(int(found[1]), int(found[2]))
        if value.minute % 5:
            self.errors[name] = "Choose a time on the five minutes, such as 13:05."
        return value

    @overload
    def choice(self, name: str, options: Collection[str]) -> str: ...
    @overload
    def choice(self, name: str, options: Collection[str], *, optional: bool) -> str: ...
    def choice(self, name: str, options: Collection[str], *, optional: bool = False) -> str:
        """One of `options`; empty only when `optional`."""
        value = self.typed(name)
        if value not in options and not (optional and not value):
            self.errors[name] = "Choose one from the list."
            return ""
        return value

    def many(self, name: str, options: Collection[str]) -> tuple[str, ...]:
        """Any of `options`, each once, in the order they came."""
        values = tuple(dict.fromkeys(self._data.getlist(name)))
        if any(value not in options for value in values):
            self.errors[name] = "Choose from the list."
            return ()
        return values

    def email(self, name: str) -> str:
        """An email address, normalised; its domain is not looked up."""
        value = self.typed(name)
        try:
            if len(value) > 254:
                raise EmailNotValidError
            return validate_email(value, check_deliverability=False).normalized
        except EmailNotValidError:
            self.errors[name] = "Enter an email address, such as name@example.org."
            return value

    def phone(self, name: str) -> str | None:
        """A phone number in E.164 when one was typed."""
        value = self.typed(name)
        if not value:
            return None
        try:
            parsed = phonenumbers.parse(value[:40], "US")
        except phonenumbers.NumberParseException:
            parsed = None
        if parsed is None or len(value) > 40 or not phonenumbers.is_valid_number(parsed):
            self.errors[name] = "Enter all ten digits, such as 207 555 0176."
            return None
        return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)

    def url(self, name: str) -> str:
        """An https address."""
        value = self.typed(name)
        try:
            parts = urlsplit(value)
            good = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
            good = good and value.isprintable() and " " not in value and len(value) <= 300
        except ValueError:
            good = False
        if not good:
            self.errors[name] = "Enter the meeting's address; it begins with https://."
        return value
