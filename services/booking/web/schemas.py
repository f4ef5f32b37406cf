"""What the API and the form take and give. Every message is shown to the person who typed it."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated, Literal

import phonenumbers
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from services.booking.domain.consult import Meeting
from services.booking.domain.person import ContactBy, Details
from services.booking.domain.slots import Reason
from shared.times import is_zone
from shared.web.openapi import Problem
from shared.web.security import is_text

_HOME_REGION = "US"
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+",
    re.IGNORECASE | re.ASCII,
)
LONGEST_KEY = 200
"""Characters of an idempotency key."""

_KEY_SCHEMA = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY}
NOTE_LIMIT = 4000
"""Characters of a private note."""

_YEARS = range(2000, 2200)
_SEEN = frozenset("LNPS")
"""Unicode categories of what can be seen: letters, numbers, punctuation, symbols (emoji)."""
_UNSEEN = re.compile("[\x80-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control characters, line ends, and those that turn the direction of what follows."""


def _instant(value: object) -> datetime:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError("Give an instant with its offset, such as 2027-01-14T19:40:00Z.")
    try:
        at = datetime.fromisoformat(value)
        if at.year in _YEARS:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError("There is no such instant.")


def _day(value: object) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("Give a date, such as 2027-01-14.")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError("There is no such date.") from None
    if day.year not in _YEARS:
        raise ValueError("That date is too far away.")
    return day


def _text(value: str) -> str:
    text = unicodedata.normalize("NFC", value).strip()
    if not is_text(text) or _UNSEEN.search(text) or "\n" in text or "\t" in text:
        raise ValueError("This has a character that can't be typed.")
    return text


def _name(value: str) -> str:
    name = " ".join(_text(value).split())
    if not any(unicodedata.category(char)[0] in _SEEN for char in name):
        raise ValueError("Enter a name. A first name is enough.")
    if len(name) > 100:
        raise ValueError("This name is too long for us. Use at most 100 characters.")
    return name


def _email(value: str) -> str:
    email = _text(value)
    if not email:
        raise ValueError("Enter your email, such as rosa@example.org.")
    if len(email) > 254 or not _EMAIL.fullmatch(email) or ".." in email:
        raise ValueError("Enter the whole email address, such as rosa@example.org.")
    return email


def _phone(value: str) -> str:
    typed = _text(value)
    if not typed:
        raise ValueError("Enter your phone number, such as 207 555 0176.")
    try:
        number = phonenumbers.parse(typed[:40], _HOME_REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or len(typed) > 40 or not phonenumbers.is_valid_number(number):
        raise ValueError("Enter all ten digits, such as 207 555 0176.")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def email_in(typed: str) -> str | None:
    """The email address that somebody typed, if it is one."""
    try:
        return _email(typed)
    except ValueError:
        return None


def phone_in(typed: str) -> str | None:
    """The phone number that somebody typed, in E.164, if it is one."""
    try:
        return _phone(typed)
    except ValueError:
        return None


def _zone(value: str) -> str:
    if not is_zone(value):
        raise ValueError("Give an IANA time zone, such as America/New_York.")
    return value


def _key(value: str) -> str:
    if not 1 <= len(value) <= LONGEST_KEY or not value.isascii() or not value.isprintable():
        raise ValueError(f"Use 1 to {LONGEST_KEY} plain characters, such as a UUID.")
    return value


def _as(*, example: str, **more: object) -> WithJsonSchema:
    """How a text is described to programs; the rules themselves stand above."""
    return WithJsonSchema({"type": "string", **more, "examples": [example]})


Instant = Annotated[
    datetime, BeforeValidator(_instant), _as(format="date-time", example="2027-01-14T19:40:00Z")
]
Day = Annotated[date, BeforeValidator(_day), _as(format="date", example="2027-01-14")]
Name = Annotated[str, AfterValidator(_name), _as(maxLength=100, example="Rosa")]
Email = Annotated[
    str, AfterValidator(_email), _as(format="email", maxLength=254, example="rosa@example.org")
]
Phone = Annotated[str, AfterValidator(_phone), _as(maxLength=40, example="+12075550176")]
Zone = Annotated[str, AfterValidator(_zone), _as(maxLength=64, example="America/New_York")]
IdempotencyKey = Annotated[str, AfterValidator(_key), WithJsonSchema(_KEY_SCHEMA)]


class Given(BaseModel):
    """What comes in: exact types, nothing unknown."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class SlotsQuery(Given):
    """Which days to look at; `to` is not included, at most 62 days after `from`."""

    from_: Day = Field(alias="from")
    to: Day
    tz: Zone


class BookRequest(Given):
    """A consult as asked for."""

    start: Instant
    name: Name
    email: Email
    phone: Phone
    timezone: Zone
    locale: Literal["en", "es"] = "en"
    sms_consent: bool = False
    meeting: Literal["phone", "video"] = "phone"
    contact_by: Literal["email", "phone", "text"] = "email"
    """How to reach them when something changes; "text" needs `sms_consent`."""

    @field_validator("contact_by")
    @classmethod
    def _texts_are_agreed_to(cls, value: str, info: ValidationInfo) -> str:
        if value == "text" and info.data.get("sms_consent") is False:
            raise ValueError("To be reached by text, tick the box that lets us text you.")
        return value

    def details(self) -> Details:
        """What the person said about themselves."""
        return Details(
            name=self.name,
            email=self.email,
            phone=self.phone,
            timezone=self.timezone,
            locale=self.locale,
            sms_consent=self.sms_consent,
            contact_by=ContactBy(self.contact_by),
        )

    def way(self) -> Meeting:
        """How they want to meet."""
        return Meeting(self.meeting)

    def canonical(self) -> str:
        """One text for the same request, however it was written."""
        return self.model_dump_json()


class RescheduleRequest(Given):
    """The time to move to."""

    start: Instant


class Keyed(Given):
    """The header that makes a repeated request one booking."""

    key: IdempotencyKey | None = Field(default=None, alias="Idempotency-Key")


class Slot(BaseModel):
    """A time on offer."""

    start: datetime
    end: datetime
    label: str


class Slots(BaseModel):
    """The times on offer, ascending."""

    slots: list[Slot]


class CallAnswer(BaseModel):
    """What is said of every consult. The last part of `manage_url` is its token."""

    id: str
    start: datetime
    end: datetime
    manage_url: str
    held_until: datetime | None
    """While nothing is booked: by when the person confirms it, by the link in their email."""


class BookedAnswer(CallAnswer):
    """A consult that is booked, or only held until its person confirms it by email."""

    status: Literal["booked", "held"]


class ConsultAnswer(CallAnswer):
    """A consult as it stands."""

    status: Literal["held", "lapsed", "booked", "cancelled", "no_show", "completed"]
    timezone: str
    meeting: Literal["phone", "video"]
    revision: int
    can_change: bool


class SlotTakenProblem(Problem):
    """The time is gone; these are free and near it."""

    alternatives: list[datetime] = Field(default_factory=list)


class NotOfferedProblem(Problem):
    """Fields are wrong, or the time is not on offer for this reason."""

    reason: Reason | None = None
