"""Tell the other services what became of a consult, in the same transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from services.booking.domain.consult import Actor, Consult, Meeting, Outcome, Status
from services.booking.domain.person import Given, Person, Preferences
from services.booking.keys import Keys
from services.booking.store import consultants, consults, people
from shared import events
from shared.bus import outbox

_TOLD: Mapping[Status, Literal["booked", "cancelled", "no_show", "completed"]] = {
    Status.BOOKED: "booked",
    Status.CANCELLED: "cancelled",
    Status.NO_SHOW: "no_show",
    Status.COMPLETED: "completed",
}


def announce(
    session: Session,
    event: type[events.ConsultState],
    consult: Consult,
    *,
    by: Actor,
    keys: Keys,
    now: datetime,
    available_at: datetime | None = None,
) -> str:
    """Add the consult's whole public state to the outbox, as this kind of event; the event's id.

    Raises `ValueError` for what is only held: nobody is told of that.
    """
    if consult.status not in _TOLD:
        raise ValueError("a hold is not announced")
    person = people.get_person(session, consult.person_id)
    room = consultants.get_room(session, consult.consultant_id)
    video = consult.meeting is Meeting.VIDEO
    state = event(
        sequence=consult.revision,
        revision=consult.revision,
        consult_id=consult.id,
        person=_contact(session, consult, person),
        consultant_id=consult.consultant_id,
        consultant=room.name,
        starts_at=consult.starts_at,
        ends_at=consult.ends_at,
        venue_timezone=room.zone,
        meeting=events.Meeting(
            kind=consult.meeting.value, join_url=room.join_url if video else None
        ),
        manage_url=keys.manage_url(consult.id, consults.nonce_of(session, consult.id)),
        rebook_url=keys.rebook_url(),
        status=_TOLD[consult.status],
        by=by.value,
        others=_others(session, consult, person, keys=keys, now=now)
        if event is events.ConsultBooked
        else (),
    )
    return outbox.add(session, state, now=now, available_at=available_at)


def _others(
    session: Session, consult: Consult, person: Person, *, keys: Keys, now: datetime
) -> tuple[events.OtherCall, ...]:
    """Calls ahead under the email that the confirmation goes to; a phone alone shows nothing."""
    if person.email is None:
        return ()
    found = consults.ahead_under_email(session, person.email, keys, but=consult.id, now=now)
    return tuple(
        events.OtherCall(starts_at=starts_at, manage_url=keys.manage_url(consult_id, nonce))
        for starts_at, consult_id, nonce in found
    )


def announce_outcome(
    session: Session,
    consult: Consult,
    outcome: Outcome,
    *,
    now: datetime,
    available_at: datetime | None = None,
) -> str:
    """Add the fact that the consult was held, with its outcome, to the outbox; the event's id."""
    person = people.get_person(session, consult.person_id)
    fact = events.ConsultCompleted(
        consult_id=consult.id,
        person=_contact(session, consult, person),
        outcome=outcome.value,
        follow_up_on=consult.follow_up_on,
    )
    return outbox.add(session, fact, now=now, available_at=available_at)


def _contact(session: Session, consult: Consult, person: Person) -> events.Contact:
    """With the choices of this booking; of somebody whom cohort owns, those that cohort told."""
    if people.owner_of(session, person.id) == "booking":
        given = consults.given_by(session, consult.id)
        return contact_of(person, consult.preferences, given=given)
    known = Given(person.name, person.email, person.phone)
    return contact_of(person, person.preferences, given=known)


def contact_of(person: Person, preferences: Preferences, *, given: Given) -> events.Contact:
    """The person as other services may know them, with the choices of one booking.

    Consent to texts was given for the number that was `given` with it, and for no other.
    """
    consent = preferences.consent
    return events.Contact(
        person_id=person.id,
        version=person.version,
        name=person.name,
        email=person.email,
        phone=person.phone,
        timezone=preferences.timezone,
        locale=preferences.locale,
        sms_consent=events.SmsConsent(
            granted=consent.granted and given.phone == person.phone,
            text_version=consent.text_version,
            method=consent.method,
            at=consent.at,
        ),
    )
