"""Put somebody on the waitlist, as a public form asks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.booking.domain.consult import Meeting
from services.booking.domain.consultant import Hours
from services.booking.domain.ids import EntryId
from services.booking.domain.person import WAITLIST_CONSENT_VERSIONS, Details
from services.booking.domain.waitlist import ASKED_FOR, Entry, Waiting, last_day
from services.booking.keys import Keys
from services.booking.store import people, waitlist
from services.booking.use_cases.announce import contact_of
from services.booking.use_cases.recognise_person import recognise_person
from shared import events
from shared.bus import outbox
from shared.db import entropy_of


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for. `method` says how consent was given ("web form")."""

    details: Details
    windows: Sequence[Hours]
    weeks: int
    meeting: Meeting
    method: str


def join_waitlist(
    session: Session, wish: Wish, *, keys: Keys, now: datetime, suspected: bool = False
) -> EntryId:
    """Put them at the end of the list, and send them the link to their place.

    Who is `suspected` only gets a link to confirm that they asked, and is offered nothing before.
    Who is on it already keeps that place, with the newest wishes; the same wishes again change
    nothing, so a form that is sent twice is one place and one email.
    """
    entry = _asked(session, wish, keys=keys, now=now, suspected=suspected)
    before = waitlist.find_open(session, entry.person_id)
    if before is not None and before.standing(now) is Waiting.ENDED:
        waitlist.set_status(session, before.id, Waiting.ENDED)
        before = None
    if before is None:
        waitlist.add_entry(session, entry, nonce=entropy_of(session).token(), keys=keys)
    else:
        entry = replace(entry, id=before.id)
        if before.status is not Waiting.ASKED:
            entry = replace(entry, joined_at=before.joined_at, status=before.status)
        if _says_the_same(entry, before):
            return entry.id
        waitlist.save_entry(session, entry)
    _send_link(session, entry, keys=keys, now=now)
    return entry.id


def _asked(session: Session, wish: Wish, *, keys: Keys, now: datetime, suspected: bool) -> Entry:
    """The place as it would be a new one, its person locked."""
    said = wish.details
    chosen = said.preferences(method=wish.method, now=now, versions=WAITLIST_CONSENT_VERSIONS)
    person = recognise_person(session, said, chosen, keys=keys)
    people.lock_person(session, person.id)
    return Entry(
        EntryId(entropy_of(session).uuid()),
        person.id,
        tuple(sorted(set(wish.windows))),
        last_day(wish.weeks, ZoneInfo(said.timezone), now),
        wish.meeting,
        chosen,
        said.given(),
        now,
        Waiting.ASKED if suspected else Waiting.WAITING,
    )


def _says_the_same(entry: Entry, before: Entry) -> bool:
    """Whether nothing is new but the moment at which it was said."""
    chosen, at = entry.preferences, before.preferences.consent.at
    chosen = replace(chosen, consent=replace(chosen.consent, at=at))
    return replace(entry, preferences=chosen, joined_at=before.joined_at) == before


def _send_link(session: Session, entry: Entry, *, keys: Keys, now: datetime) -> None:
    person = people.get_person(session, entry.person_id)
    nonce = waitlist.nonce_of(session, entry.id)
    asked = entry.status is Waiting.ASKED
    link = keys.waitlist_confirm_url if asked else keys.waitlist_url
    notice = events.NoticeRequested(
        notice_id=entropy_of(session).uuid(),
        recipient=contact_of(person, entry.preferences),
        template="waitlist_unconfirmed" if asked else "waitlist_joined",
        url=link(entry.id, nonce),
        expires_at=entry.joined_at + ASKED_FOR if asked else None,
    )
    outbox.add(session, notice, now=now)
