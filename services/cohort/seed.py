"""What a new practice starts with, and a believable practice for trying Grip out.

Everything goes through the use cases. The people of the demo are clearly invented: surnames
such as Samplewood, addresses at example.org, numbers from 555-01xx. Its staff have the names of
booking's sample consultants.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.cohort.domain.calendar import Window
from services.cohort.domain.cohort import Format
from services.cohort.domain.ids import CohortId, StaffId
from services.cohort.domain.program import DEFAULT_TEMPLATE
from services.cohort.domain.request import CohortRequest
from services.cohort.keys import Keys
from services.cohort.store.cohorts import room_named, save_template
from services.cohort.tables import CohortRow, StaffRow
from services.cohort.use_cases.add_staff import NewStaff, add_staff
from services.cohort.use_cases.advance_cohorts import advance_cohorts
from services.cohort.use_cases.confirm_cohort import confirm_cohort
from services.cohort.use_cases.create_cohort import create_cohort
from services.cohort.use_cases.enroll_applicant import enroll_applicant
from services.cohort.use_cases.record_outcome import record_outcome
from shared.db import entropy_of
from shared.events import ConsultCompleted, Contact, SmsConsent
from shared.settings import GripSettings
from shared.times import local

ACTOR = "service:seed"
ROOM = "Main room"


def first_run(session: Session, settings: GripSettings, *, keys: Keys, now: datetime) -> None:
    """The program, a room and the owner's account; nothing when there is an admin already."""
    save_template(session, DEFAULT_TEMPLATE)
    if any("admin" in roles for roles in session.scalars(select(StaffRow.roles))):
        return
    room_named(session, ROOM, zone=settings.practice_timezone)
    host = settings.mail_from.rpartition("@")[2].rstrip("> ") or "example.org"
    owner = NewStaff(
        email=f"owner@{host}",
        name="Practice owner",
        roles=("admin", "coordinator", "consultant"),
        qualifications=("facilitator",),
        timezone=settings.practice_timezone,
    )
    add_staff(session, owner, keys=keys, actor=ACTOR, now=now)


@dataclass(frozen=True, slots=True)
class DemoCohort:
    """One cohort of the demo: `weeks_ago` is when its first week was."""

    label: str
    weeks_ago: int
    weekday: int
    start: time
    room: str
    people: int
    staff: tuple[str, str]


COHORTS = (
    DemoCohort("Alder", 4, 2, time(13, 0), "Tide room", 8, ("maya", "tomas")),
    DemoCohort("Rowan", 3, 1, time(18, 0), "Harbor room", 7, ("tomas", "ines")),
)
STAFF = (
    ("Maya Demolin", "maya", ("coordinator", "consultant"), ("facilitator",)),
    ("Tomas Sampler", "tomas", ("consultant",), ("facilitator",)),
    ("Ines Example", "ines", ("consultant",), ("facilitator",)),
    ("Dr. Helen Fictional", "helen", ("clinician",), ("prescriber", "medical")),
)
FIRST = ("Wren", "Robin", "Phoebe", "Jay", "Lark", "Merle", "Linnet", "Martin", "Avis", "Teal")
LAST = ("Samplewood", "Exampleby", "Fictionfield", "Demoson", "Testerton", "Placeholt")
POOL = 22
"""With those whose sample consults booking marks as qualified, about forty wait."""


def demo(session: Session, settings: GripSettings, *, keys: Keys, now: datetime) -> None:
    """Staff, waiting applicants and two cohorts half way; once only.

    Each act happens at a past instant, so nothing in the demo waits for anything.
    """
    if session.scalar(select(func.count()).select_from(CohortRow)):
        return
    save_template(session, DEFAULT_TEMPLATE)
    began = now - timedelta(weeks=16)
    staff = {
        email: add_staff(
            session,
            NewStaff(f"{email}@example.org", name, roles, skills, settings.practice_timezone),
            keys=keys,
            actor=ACTOR,
            now=began,
        )
        for name, email, roles, skills in STAFF
    }
    number = 0
    for plan in COHORTS:
        people = range(number, number + plan.people)
        number += plan.people
        _demo_cohort(session, settings, plan, staff=staff, people=people, keys=keys, now=now)
    demo_applicants(session, range(number, number + POOL), settings, keys=keys, now=now)


def demo_applicants(
    session: Session, numbers: range, settings: GripSettings, *, keys: Keys, now: datetime
) -> list[str]:
    """Applicants whose consults said, over the last seven weeks before `now`, that they qualify.

    They are made by what the consumer calls for a consult.completed. Returns the person ids.
    """
    made = []
    for step, number in enumerate(numbers):
        day = local(now, settings.practice_timezone).date() - timedelta(days=1 + step * 11 % 47)
        at = datetime.combine(
            day, time(9 + step % 8, 20), ZoneInfo(settings.practice_timezone)
        ).astimezone(UTC)
        event = ConsultCompleted(
            consult_id=entropy_of(session).uuid(),
            person=_contact(session, number, settings, at=at),
            outcome="qualified",
        )
        record_outcome(session, event, keys=keys, at=at, now=at)
        made.append(event.person.person_id)
    return made


def _demo_cohort(
    session: Session,
    settings: GripSettings,
    plan: DemoCohort,
    *,
    staff: dict[str, StaffId],
    people: range,
    keys: Keys,
    now: datetime,
) -> CohortId:
    """One cohort, made nine weeks and filled within five before its first session."""
    today = local(now, settings.practice_timezone).date()
    start = today - timedelta(weeks=plan.weeks_ago, days=6)
    asked = datetime.combine(start, time(15, 0), UTC) - timedelta(weeks=5)
    request = CohortRequest(
        label=plan.label,
        start_date=start,
        window=Window(plan.weekday, plan.start),
        zone=settings.practice_timezone,
        room=plan.room,
        facilitators=tuple(staff[name] for name in plan.staff),
        medical=(staff["helen"],) if plan.label == "Alder" else (),
        format=Format.IN_PERSON,
        holiday_region="US",
    )
    cohort_id = create_cohort(session, request, actor=ACTOR, now=asked)
    for step, person_id in enumerate(
        demo_applicants(session, people, settings, keys=keys, now=asked)
    ):
        at = asked + timedelta(days=1 + 2 * step)
        enroll_applicant(session, cohort_id, person_id, keys=keys, actor=ACTOR, now=at)
    confirm_cohort(session, cohort_id, actor=ACTOR, now=asked + timedelta(weeks=4))
    while advance_cohorts(session, now=now):
        pass
    return cohort_id


def _contact(session: Session, number: int, settings: GripSettings, *, at: datetime) -> Contact:
    return Contact(
        person_id=entropy_of(session).uuid(),
        version=1,
        name=f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST) % len(LAST)]}",
        email=f"demo{number + 1}@example.org",
        phone=f"+160355501{number % 100:02d}",
        timezone=settings.practice_timezone,
        locale="en",
        sms_consent=SmsConsent(granted=True, text_version="demo", method="web", at=at),
    )
