"""Put a message into words, ready for its gateway."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.notify.domain.policy import DEFAULT_POLICY
from services.notify.domain.quiet import closes_at
from services.notify.domain.sending import validity
from services.notify.domain.values import Kind, MessageId, Purpose, Status
from services.notify.keys import Keys
from services.notify.ports import Calendar, OutgoingEmail, OutgoingText
from services.notify.rendering import calendar
from services.notify.rendering.writer import Practice, Writer
from services.notify.store import appointments, links
from services.notify.tables import AppointmentRow, MessageRow
from services.notify.use_cases.facts import Addressee, Links, addressee_of, facts_of

Outgoing = OutgoingText | OutgoingEmail

_WITH_CALENDAR = (
    Purpose.CONSULT_BOOKED,
    Purpose.CONSULT_MOVED,
    Purpose.CONSULT_CHANGED,
    Purpose.CONSULT_CANCELLED,
)


@dataclass(frozen=True, slots=True)
class Stationery:
    """What writing needs besides the database."""

    writer: Writer
    keys: Keys

    @property
    def practice(self) -> Practice:
        """Who is writing."""
        return self.writer.practice


def compose_message(
    session: Session,
    row: MessageRow,
    stationery: Stationery,
    *,
    now: datetime,
    preview: bool = False,
) -> Outgoing:
    """The message in the recipient's language, at this moment; a `preview` stores no links.

    Raises ForbiddenWords, CannotWrite, or LookupError when a needed fact is not known.
    """
    to = addressee_of(session, row.person_id)
    if to is None:
        raise LookupError(f"nobody is known as {row.person_id}")
    keys = stationery.keys

    def shorten(link_id: str, url: str) -> str:
        if preview:
            return links.stand_in(url, keys=keys)
        return links.shorten(session, link_id, url, keys=keys, now=now)

    facts = facts_of(session, row, to, links=Links(keys.base_url, shorten), now=now)
    if row.channel == "sms":
        return _text(row, to, facts, stationery, now=now)
    return _email(session, row, to, facts, stationery, now=now)


def as_stored(outgoing: Outgoing) -> dict[str, Any]:
    """The words as sent, for the message's story."""
    stored = asdict(outgoing)
    for name in ("validity", "attempt", "message_id"):
        stored.pop(name, None)
    return stored


def _text(
    row: MessageRow, to: Addressee, facts: dict[str, Any], stationery: Stationery, *, now: datetime
) -> OutgoingText:
    if not to.phone:
        raise LookupError("no phone number is known")
    return OutgoingText(
        message_id=MessageId(row.id),
        to=to.phone,
        body=stationery.writer.sms(row.purpose, to.locale, facts),
        validity=validity(_useful_until(row, to, now=now), now),
        attempt=row.attempts + 1,
    )


def _useful_until(row: MessageRow, to: Addressee, *, now: datetime) -> datetime:
    """The provider may not try into quiet hours either, unless the text is exempt from them."""
    if row.any_hour:
        return row.expires_at
    return min(row.expires_at, closes_at(now, to.timezone, DEFAULT_POLICY))


def _email(
    session: Session,
    row: MessageRow,
    to: Addressee,
    facts: dict[str, Any],
    stationery: Stationery,
    *,
    now: datetime,
) -> OutgoingEmail:
    if not to.email:
        raise LookupError("no email address is known")
    words = stationery.writer.email(row.purpose, to.locale, facts)
    appointment = None
    if row.purpose in _WITH_CALENDAR:
        appointment = appointments.get_appointment(session, row.source, row.person_id)
    return OutgoingEmail(
        message_id=MessageId(row.id),
        to=to.email,
        to_name=to.name,
        subject=words.subject,
        text=words.text,
        html=words.html,
        calendar=_calendar(appointment, row, to, facts, stationery, now=now)
        if appointment is not None and appointment.kind == Kind.CONSULT
        else None,
    )


def _calendar(
    appointment: AppointmentRow,
    row: MessageRow,
    to: Addressee,
    facts: dict[str, Any],
    stationery: Stationery,
    *,
    now: datetime,
) -> Calendar:
    practice = stationery.practice
    cancelled = appointment.status == Status.CANCELLED
    entry = calendar.Entry(
        source=appointment.source,
        revision=appointment.revision,
        title=stationery.writer.title(row.purpose, to.locale, facts),
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        location=facts["join_url"] if facts["video"] else facts["your_phone"],
        url=facts["manage_url"],
        cancelled=cancelled,
    )
    content = calendar.render(
        entry,
        organizer=calendar.Party(practice.sms_name, practice.mail_from),
        attendee=calendar.Party(to.name, to.email or ""),
        base_url=practice.base_url,
        now=now,
    )
    return Calendar(method="CANCEL" if cancelled else "REQUEST", content=content)
