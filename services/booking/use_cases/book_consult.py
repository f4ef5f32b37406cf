"""Book a consult for someone who filled in the public form, or by staff on their behalf."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from services.booking.domain.consult import Actor, Consult, Hold, Meeting, Status
from services.booking.domain.consultant import LENGTH, Consultant
from services.booking.domain.ids import ConsultId, PersonId
from services.booking.domain.person import Details
from services.booking.domain.suspicion import held_until
from services.booking.keys import Keys
from services.booking.queries.availability import PUBLIC, Terms, free_consultants, taken
from services.booking.store import answers, consults, people
from services.booking.use_cases.announce import announce
from services.booking.use_cases.ask_to_confirm import ask_to_confirm
from services.booking.use_cases.first_free import take_first_free
from services.booking.use_cases.note_change import note_change
from services.booking.use_cases.recognise_person import recognise_person
from shared import events
from shared.db import entropy_of


@dataclass(frozen=True, slots=True)
class Once:
    """The client's idempotency key, and the body it came with in one canonical form."""

    key: str
    body: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A booking as asked for. `method` says how consent was given ("web form", "api", "staff").

    `actor` is "staff:<id>" when staff book it, on their own `terms`, perhaps for somebody known.
    """

    start: datetime
    details: Details
    meeting: Meeting
    method: str
    once: Once | None = None
    actor: str = ""
    terms: Terms = PUBLIC
    person_id: PersonId | None = None

    @property
    def by(self) -> Actor:
        """Who books."""
        return Actor.STAFF if self.actor else Actor.PERSON


@dataclass(frozen=True, slots=True)
class Booked:
    """What the person is told. Repeating a request gives the same again.

    `held_until` is set when nothing is booked until they confirm by email, by then.
    """

    consult_id: ConsultId
    start: datetime
    end: datetime
    manage_url: str
    held_until: datetime | None = None


Holding = Callable[[Session, Consultant], Hold]
"""How a suspected booking is held with this consultant, until somebody confirms it by email."""


class Candidates(Protocol):
    """Who may be asked for this instant, in order; raises when nobody is."""

    def __call__(self, session: Session, start: datetime, *, now: datetime) -> list[Consultant]:
        """The consultants to ask, first to last."""
        ...


def book_consult(
    session: Session,
    wanted: Wanted,
    *,
    keys: Keys,
    now: datetime,
    candidates: Candidates | None = None,
    hold: Holding | None = None,
) -> Booked:
    """Book this instant with the next consultant in turn who still has it, and announce it.

    With `hold` it is only held, and nobody is told but the person, who is asked to confirm it.
    Raises `NotOffered`, `SlotTaken` (with alternatives) and `IdempotencyMismatch`; nothing is
    then booked. `candidates` only proposes: two bookings of the same minutes of one consultant
    are refused by the database, whatever it says.
    """
    consult_id = ConsultId(entropy_of(session).uuid())
    if wanted.once is not None:
        first = _claim(session, wanted, wanted.once, consult_id=consult_id, keys=keys, now=now)
        if first is not None:
            return _told(session, first.consult_id, first.starts_at, keys=keys)
    preferences = wanted.details.preferences(method=wanted.method, now=now)
    if candidates is None:
        proposed = free_consultants(session, wanted.start, now=now, terms=wanted.terms)
    else:
        proposed = candidates(session, wanted.start, now=now)
    if wanted.person_id is None:
        person = recognise_person(session, wanted.details, preferences, keys=keys)
    else:
        person = people.standing_person(session, wanted.person_id)

    nonce = entropy_of(session).token()

    def take(consultant: Consultant) -> Consult:
        kept = None if hold is None else hold(session, consultant)
        consult = Consult(
            consult_id,
            person.id,
            consultant.id,
            wanted.start,
            wanted.meeting,
            preferences,
            status=Status.BOOKED if kept is None else Status.HELD,
            hold=kept,
        )
        consults.add_consult(
            session,
            consult,
            consultant,
            given=wanted.details.given(),
            nonce=nonce,
            keys=keys,
            now=now,
        )
        return consult

    consult = take_first_free(proposed, take)
    if consult is None:
        raise taken(session, wanted.start, now=now, terms=wanted.terms)
    if consult.hold is not None:
        ask_to_confirm(session, consult, consult.hold, keys=keys, now=now)
    else:
        announce(session, events.ConsultBooked, consult, by=wanted.by, keys=keys, now=now)
    if wanted.actor:
        note_change(session, consult, "consult.book", actor=wanted.actor, now=now)
    return _told(session, consult_id, wanted.start, keys=keys)


def _claim(
    session: Session,
    wanted: Wanted,
    once: Once,
    *,
    consult_id: ConsultId,
    keys: Keys,
    now: datetime,
) -> answers.Answer | None:
    return answers.claim(
        session,
        key_digest=keys.idempotency(once.key),
        body_digest=keys.body(once.body),
        answer=answers.Answer(consult_id, wanted.start),
        now=now,
    )


def _told(session: Session, consult_id: ConsultId, start: datetime, *, keys: Keys) -> Booked:
    """As it was told the first time: also once it is confirmed, or moved."""
    url = keys.manage_url(consult_id, consults.nonce_of(session, consult_id))
    asked_at = consults.asked_to_confirm_at(session, consult_id)
    until = None if asked_at is None else held_until(asked_at, start)
    return Booked(consult_id, start, start + LENGTH, url, until)
