"""What a new practice starts with, and a believable practice for trying Grip out.

Everything goes through the use cases. The people of the demo are clearly invented: addresses at
example.org, numbers from 555-01xx.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from services.booking.domain.consult import Actor, Meeting, Outcome
from services.booking.domain.consultant import Consultant, weekdays
from services.booking.domain.errors import NotOffered, SlotTaken
from services.booking.domain.ids import ConsultantId, ConsultId
from services.booking.domain.person import Details
from services.booking.keys import Keys
from services.booking.store.consultants import active_consultants
from services.booking.store.consults import get_consult
from services.booking.store.records import Profile
from services.booking.tables import ConsultRow
from services.booking.use_cases.add_consultant import add_consultant
from services.booking.use_cases.book_consult import Wanted, book_consult
from services.booking.use_cases.cancel_consult import cancel_consult
from services.booking.use_cases.note_consult import note_consult
from services.booking.use_cases.record_outcome import record_no_show, record_outcome
from services.booking.use_cases.retire_consultant import retire_consultant
from shared.settings import GripSettings

ACTOR = "service:seed"
_NEW = ConsultantId("")


def first_run(session: Session, settings: GripSettings, *, keys: Keys, now: datetime) -> bool:
    """One consultant, "Our team", Monday to Friday 9 to 5; nothing when there is one already."""
    del keys
    if active_consultants(session):
        return False
    zone = ZoneInfo(settings.practice_timezone)
    team = Consultant(_NEW, "Our team", zone, weekdays("09:00", "17:00"))
    add_consultant(session, team, actor=ACTOR, now=now)
    return True


def demo(session: Session, settings: GripSettings, *, keys: Keys, now: datetime) -> int:
    """Three consultants, and consults over three weeks: two behind us, with outcomes, one ahead.

    Everything is booked and decided in past virtual time. Whoever held consults before makes room.
    Returns how many consults were made; none when there are any already.
    """
    if session.scalar(select(exists().where(ConsultRow.id.is_not(None)))):
        return 0
    zone = ZoneInfo(settings.practice_timezone)
    began = now - timedelta(days=30)
    for before in active_consultants(session):
        retire_consultant(session, before.id, actor=ACTOR, now=now)
    for consultant, join_url in _consultants(zone):
        profile = Profile(join_url=join_url)
        add_consultant(session, consultant, actor=ACTOR, now=began, profile=profile)
    plans = _plans(now.astimezone(zone).date(), zone)
    return sum(_play(session, plan, keys=keys, now=now) for plan in plans)


@dataclass(frozen=True, slots=True)
class _Plan:
    """One consult of the demo: when it is, who comes, and what becomes of it."""

    start: datetime
    booked_at: datetime
    details: Details
    meeting: Meeting
    ending: str


_FIRST = (
    "Alder", "Briony", "Cedar", "Dahlia", "Elm", "Fern", "Garnet", "Hazel", "Iris", "Juniper",
    "Kestrel", "Laurel", "Maple", "Nettie", "Olive", "Poppy", "Quill", "Rowan", "Sorrel", "Teasel",
)  # fmt: skip
_LAST = ("Samplewood", "Exampleby", "Fictionfield", "Demoson", "Testerton", "Placeholt")
_NOTES = {
    "qualified": "Asked about times and cost. Would like an evening group.",
    "not_a_fit": "Looking for individual sessions only; gave two other addresses.",
    "undecided": "Wants to talk it over at home first.",
}
_ENDINGS = (
    "qualified", "qualified", "undecided", "qualified", "no_show", "not_a_fit", "qualified",
    "cancelled", "qualified", "undecided", "qualified", "not_a_fit",
)  # fmt: skip
_HOURS = ((9, 20), (10, 40), (13, 0), (15, 20))
_AREAS = ("207", "617", "312")


def _consultants(zone: ZoneInfo) -> Iterator[tuple[Consultant, str]]:
    office = weekdays("09:00", "17:00")
    late = weekdays("11:00", "19:00", days=(0, 1, 2, 3))
    morning = weekdays("08:00", "13:00")
    for name, hours in (
        ("Maya Demolin", office),
        ("Tomas Sampler", late),
        ("Ines Example", morning),
    ):
        url = f"https://video.example.org/{name.split()[0].lower()}"
        yield Consultant(_NEW, name, zone, hours, buffer_after=10, daily_cap=8), url


def _plans(today: date, zone: ZoneInfo) -> Iterator[_Plan]:
    """Three calls on each working day, from two weeks back to one week ahead."""
    number = 0
    for offset in range(-14, 8):
        day = today + timedelta(days=offset)
        if day.weekday() >= 5:
            continue
        for hour, minute in _HOURS[: 3 + (offset % 2)]:
            start = datetime.combine(day, time(hour, minute), zone).astimezone(UTC)
            yield _plan(number, start)
            number += 1


def _plan(number: int, start: datetime) -> _Plan:
    first = _FIRST[number % len(_FIRST)]
    last = _LAST[number % len(_LAST)]
    details = Details(
        name=f"{first} {last}",
        email=f"{first}.{last}.{number}@example.org".lower(),
        phone=f"+1{_AREAS[number // 100 % len(_AREAS)]}55501{number % 100:02d}",
        timezone=("America/New_York", "America/Chicago", "America/Los_Angeles")[number % 3],
        locale="en",
        sms_consent=number % 4 != 0,
    )
    meeting = Meeting.VIDEO if number % 3 == 1 else Meeting.PHONE
    ending = _ENDINGS[number % len(_ENDINGS)]
    return _Plan(start, start - timedelta(days=3, hours=number % 7), details, meeting, ending)


def _play(session: Session, plan: _Plan, *, keys: Keys, now: datetime) -> int:
    """Book it when it was booked, and let it end as planned if that is past; 1, or 0 if unfree."""
    booked_at = min(plan.booked_at, now - timedelta(hours=1))
    wanted = Wanted(plan.start, plan.details, plan.meeting, "web form")
    try:
        done = book_consult(session, wanted, keys=keys, now=booked_at)
    except (NotOffered, SlotTaken):
        return 0
    over = plan.start + timedelta(minutes=30)
    if plan.ending == "cancelled":
        consult = get_consult(session, done.consult_id)
        at = booked_at + timedelta(minutes=40)
        cancel_consult(session, consult, by=Actor.PERSON, keys=keys, now=at)
    elif over <= now - timedelta(hours=20):
        _decide(session, done.consult_id, plan, keys=keys, at=over)
    return 1


def _decide(
    session: Session, consult_id: ConsultId, plan: _Plan, *, keys: Keys, at: datetime
) -> None:
    consult = get_consult(session, consult_id)
    if plan.ending == "no_show":
        record_no_show(session, consult, actor=ACTOR, keys=keys, now=at)
        return
    outcome = Outcome(plan.ending)
    follow_up = at.date() + timedelta(days=14) if outcome is Outcome.UNDECIDED else None
    record_outcome(session, consult, outcome, follow_up_on=follow_up, actor=ACTOR, now=at)
    note_consult(session, consult, _NOTES[plan.ending], actor=ACTOR, now=at)
