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
    So does whoever gives the email and phone of somebody on the list: it may be a stranger, who
    neither learns of that place nor changes it. The same wishes again change nothing, so a form
    that is sent twice is one place and one email.
    """
    entry = _asked(session, wish, keys=keys, now=now, suspected=suspected)
    places = _places(session, entry, now=now)
    if any(each.status is not Waiting.ASKED for each in places):
        entry = replace(entry, status=Waiting.ASKED)
    is_asked = entry.status is Waiting.ASKED
    for each in places:
        if _says_the_same(entry, each) and (is_asked or each.status is not Waiting.ASKED):
            return each.id
    waitlist.add_entry(session, entry, nonce=entropy_of(session).token(), keys=keys)
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


def _places(session: Session, entry: Entry, *, now: datetime) -> list[Entry]:
    """What the same person has or asked for already; asks of which the day is over are ended."""
    found = waitlist.open_places(session, entry.person_id)
    over = [each for each in found if each.standing(now) is Waiting.ENDED]
    for each in over:
        waitlist.set_status(session, each.id, Waiting.ENDED)
    return [each for each in found if each not in over]


def _says_the_same(entry: Entry, before: Entry) -> bool:
    """Whether nothing is new but the moment at which it was said."""
    chosen, at = entry.preferences, before.preferences.consent.at
    chosen = replace(chosen, consent=replace(chosen.consent, at=at))
    same = replace(entry, id=before.id, joined_at=before.joined_at, status=before.status)
    return replace(same, preferences=chosen) == before


def _send_link(session: Session, entry: Entry, *, keys: Keys, now: datetime) -> None:
    person = people.get_person(session, entry.person_id)
    nonce = waitlist.nonce_of(session, entry.id)
    asked = entry.status is Waiting.ASKED
    link = keys.waitlist_confirm_url if asked else keys.waitlist_url
    notice = events.NoticeRequested(
        notice_id=entropy_of(session).uuid(),
        recipient=contact_of(person, entry.preferences, given=entry.given),
        template="waitlist_unconfirmed" if asked else "waitlist_joined",
        url=link(entry.id, nonce),
        expires_at=entry.joined_at + ASKED_FOR if asked else None,
    )
    outbox.add(session, notice, now=now)
