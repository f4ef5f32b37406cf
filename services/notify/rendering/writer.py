"""Templates to texts and emails. Every rendered text and subject line is linted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import phonenumbers
from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.notify.domain.segments import to_gsm
from services.notify.domain.wording import lint
from services.notify.rendering.html import to_html
from shared.times import language

TEMPLATES = Path(__file__).parent.parent / "templates"
VERSION = 1
"""Of the words in the templates folder; kept with each message."""

Facts = Mapping[str, object]


class CannotWrite(Exception):
    """A template is missing or asks for a fact that is not there."""

    slug = "cannot-write"


@dataclass(frozen=True, slots=True)
class Practice:
    """Who is writing. `phone` is E.164, `base_url` has no slash at its end."""

    name: str
    sms_name: str
    phone: str
    crisis_text: str
    base_url: str
    mail_from: str
    crisis_text_es: str = ""
    """The crisis lines in Spanish messages; those of `crisis_text` when empty."""


@dataclass(frozen=True, slots=True)
class EmailWords:
    """One email's words, twice: as plain text and as HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Writer:
    """Renders messages in a sandbox, in the recipient's language or else English."""

    practice: Practice
    version: int = VERSION

    def sms(self, purpose: str, locale: str, facts: Facts) -> str:
        """The text, in GSM-7. Raises ForbiddenWords or CannotWrite."""
        words = " ".join(self._render(purpose, "sms", locale, facts).split())
        return lint(to_gsm(words))

    def email(self, purpose: str, locale: str, facts: Facts) -> EmailWords:
        """The email. Raises ForbiddenWords (of the subject line) or CannotWrite."""
        subject = " ".join(self._render(purpose, "subject", locale, facts).split())
        body = self._render(purpose, "body", locale, facts).strip()
        text = re.sub(r"\n{3,}", "\n\n", body) + "\n"
        foot = self._render("parts", "foot", locale, facts).strip()
        return EmailWords(
            subject=lint(subject),
            text=f"{text}\n-- \n{foot}\n",
            html=to_html(text, foot, title=self.practice.name, lang=language(locale)),
        )

    def title(self, purpose: str, locale: str, facts: Facts) -> str:
        """The calendar entry's title, linted like a subject line."""
        return lint(self._render(purpose, "calendar", locale, facts).strip())

    def _render(self, purpose: str, part: str, locale: str, facts: Facts) -> str:
        name = f"{purpose}/{part}.{language(locale)}.txt"
        known = {**self._known, **facts}
        if name.endswith(".es.txt") and self.practice.crisis_text_es:
            known["crisis_text"] = self.practice.crisis_text_es
        try:
            return self._environment.get_template(name).render(known)
        except TemplateError as error:
            raise CannotWrite(f"{name}: {type(error).__name__}: {error}") from error

    @cached_property
    def _known(self) -> dict[str, object]:
        phone = national(self.practice.phone)
        return {
            "practice": self.practice.sms_name,
            "practice_name": self.practice.name,
            "phone": phone,
            "phone_text": phone.replace("(", "").replace(") ", "-"),
            "crisis_text": self.practice.crisis_text,
        }

    @cached_property
    def _environment(self) -> ImmutableSandboxedEnvironment:
        return ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(TEMPLATES),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
        )


def national(number: str) -> str:
    """A number as people here write it: "(207) 555-0142"; the number itself if it is odd."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    home = parsed.country_code == 1
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, style.NATIONAL if home else style.INTERNATIONAL)
