"""A person as booking knows one, and the consent to texts they gave."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.booking.domain.ids import PersonId

CONSENT_VERSION = "sms-consult-1"
"""The version of the English wording below; a changed wording is a new version."""

CONSENT_VERSIONS = {"en": CONSENT_VERSION, "es": f"{CONSENT_VERSION}.es"}
"""The version of each wording: it says in which language somebody agreed."""

CONSENT_TEXT = {
    "en": (
        "{practice} may text me to confirm this call and the day before it. "
        "Message and data rates may apply. Reply STOP at any time."
    ),
    "es": (
        "{practice} puede enviarme mensajes de texto para confirmar esta llamada y el día "
        "anterior. Pueden aplicarse tarifas de mensajes y datos. Responda STOP en cualquier "
        "momento."
    ),
}

WAITLIST_CONSENT_VERSION = "sms-waitlist-1"
WAITLIST_CONSENT_VERSIONS = {
    "en": WAITLIST_CONSENT_VERSION,
    "es": f"{WAITLIST_CONSENT_VERSION}.es",
}
WAITLIST_CONSENT_TEXT = {
    "en": (
        "{practice} may text me when a time is free, to confirm the call and the day before it. "
        "Message and data rates may apply. Reply STOP at any time."
    ),
    "es": (
        "{practice} puede enviarme mensajes de texto cuando haya una hora libre, para confirmar "
        "la llamada y el día anterior. Pueden aplicarse tarifas de mensajes y datos. Responda "
        "STOP en cualquier momento."
    ),
}


class ContactBy(StrEnum):
    """How somebody would like to be reached when something changes."""

    EMAIL = "email"
    PHONE = "phone"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether texts are allowed, and what exactly was agreed to, how and when."""

    granted: bool
    text_version: str
    method: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Preferences:
    """What someone chose with a booking: zone (IANA), language, and whether to be texted."""

    timezone: str
    locale: str
    consent: Consent
    contact_by: ContactBy = ContactBy.EMAIL


@dataclass(frozen=True, slots=True)
class Given:
    """What someone said of themselves in one booking: all that its own page may show.

    The person it is taken for may be known by another name, or have changed since; whoever holds
    the link may be a stranger who only knew an email and a phone number.
    """

    name: str
    email: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class Details:
    """What someone says about themselves when booking. `phone` is E.164."""

    name: str
    email: str | None
    phone: str | None
    timezone: str
    locale: str
    sms_consent: bool
    contact_by: ContactBy = ContactBy.EMAIL

    def given(self) -> Given:
        """Who they say they are."""
        return Given(self.name, self.email, self.phone)

    def preferences(
        self, *, method: str, now: datetime, versions: Mapping[str, str] = CONSENT_VERSIONS
    ) -> Preferences:
        """The choices in it, with the consent to the wording of its language as evidence."""
        consent = Consent(self.sms_consent, versions[self.locale], method, now)
        return Preferences(self.timezone, self.locale, consent, self.contact_by)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who booked. `version` grows with every change of the contact data."""

    id: PersonId
    version: int
    name: str
    email: str | None
    phone: str | None
    preferences: Preferences
    possible_duplicate: bool = False


def newcomer(person_id: PersonId, details: Details, preferences: Preferences) -> Person:
    """A person made from what they wrote."""
    return Person(
        id=person_id,
        version=1,
        name=details.name,
        email=details.email,
        phone=details.phone,
        preferences=preferences,
    )
