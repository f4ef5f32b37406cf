"""Two people found to be one: in any order of news, everything goes on under who stays."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from services.cohort.consumer import subscriptions
from services.cohort.keys import Keys
from services.cohort.tables import (
    ApplicantRow,
    Base,
    ConsultRow,
    NoTextsRow,
    PersonRow,
    ReachRow,
    ReplyRow,
)
from shared.bus.inbox import Inbox
from shared.db import Database
from shared.db.common import inbox as inbox_table
from shared.db.common import outbox
from shared.db.testing import create_all
from shared.events import (
    ConsultBooked,
    ContactOptedOut,
    MessageFailed,
    PersonMerged,
    ReplyReceived,
    StaffAlerted,
)
from shared.events.base import Event
from shared.events.envelope import Envelope, parse
from tests.conftest import DatabaseFactory
from tests.integration.cohort.conftest import NOW, completed
from tests.integration.cohort.test_consults import state

MERGED = PersonMerged(into_id="person-1", from_id="person-2")


def hear(database: Database, keys: Keys, events: list[Event]) -> None:
    """Let cohort take these in this order; none may fail."""
    door = Inbox(database, subscriptions(keys))
    for event in events:
        name = f"{event.TYPE}-{event.subject}"
        envelope = Envelope(id=name, source="/booking", time=NOW, event=event)
        door.take([envelope.to_json().encode()], NOW + timedelta(hours=1))
    with database.reading() as session:
        assert set(session.scalars(select(inbox_table.c.status))) <= {"handled", "superseded"}


def consults(database: Database) -> list[tuple[str, str, str | None]]:
    with database.reading() as session:
        rows = session.scalars(select(ConsultRow).order_by(ConsultRow.consult_id))
        return [(row.consult_id, row.person_id, row.outcome) for row in rows]


def applicants(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(ApplicantRow.person_id)))


def named(database: Database) -> dict[str, tuple[str, str | None]]:
    with database.reading() as session:
        rows = session.scalars(select(PersonRow))
        return {row.person_id: (row.name, row.merged_into) for row in rows}


@pytest.mark.parametrize(
    "order", list(permutations(range(4))), ids=lambda each: "".join(map(str, each))
)
def test_in_any_order_the_calls_of_both_are_of_who_stays(
    sqlite_database: DatabaseFactory, keys: Keys, order: tuple[int, ...]
) -> None:
    database = sqlite_database("cohort")
    create_all(database, Base.metadata)
    events: list[Event] = [
        completed(1),
        state(ConsultBooked, 2, sequence=1),
        completed(2, "undecided").model_copy(update={"follow_up_on": NOW.date()}),
        MERGED,
    ]
    hear(database, keys, [events[each] for each in order])
    assert consults(database) == [
        ("consult-1", "person-1", "qualified"),
        ("consult-2", "person-1", "undecided"),
    ]
    assert applicants(database) == ["person-1"]
    assert named(database)["person-1"] == ("Person 1", None)
    assert named(database)["person-2"][1] == "person-1"


def test_on_both_databases_what_was_heard_of_reaching_them_goes_along(
    database: Database, keys: Keys
) -> None:
    news: list[Event] = [
        completed(1),
        state(ConsultBooked, 2, sequence=1),
        MessageFailed(
            message_id="m", person_id="person-2", purpose="consult_booked", channel="sms",
            source_id=None, revision=None, reason="30003",
        ),
        ReplyReceived(reply_id="r", person_id="person-2", source_id=None, intent="other"),
        ContactOptedOut(sequence=1, phone_hash="h", person_ids=("person-2",)),
    ]  # fmt: skip
    hear(database, keys, [*news, MERGED])
    with database.reading() as session:
        for rows in (ReachRow, ReplyRow, NoTextsRow):
            assert list(session.scalars(select(rows.person_id))) == ["person-1"]
    assert consults(database)[1][:2] == ("consult-2", "person-1")


def test_who_was_merged_into_somebody_who_is_merged_follows_in_either_order(
    database: Database, keys: Keys
) -> None:
    again = PersonMerged(into_id="person-3", from_id="person-1")
    hear(database, keys, [state(ConsultBooked, 2, sequence=1), again, MERGED])
    assert consults(database) == [("consult-2", "person-3", None)]
    hear(database, keys, [state(ConsultBooked, 1, sequence=1)])
    assert {person for _, person, _ in consults(database)} == {"person-3"}


def test_an_applicant_is_never_merged_away_and_staff_are_called(
    database: Database, keys: Keys
) -> None:
    hear(database, keys, [completed(1), completed(2), MERGED])
    assert sorted(applicants(database)) == ["person-1", "person-2"]
    assert named(database)["person-2"][1] is None
    with database.reading() as session:
        bodies = session.scalars(select(outbox.c.envelope)).all()
    (alert,) = [parse(each.encode()).event for each in bodies]
    assert isinstance(alert, StaffAlerted)
    assert alert.url == "/cohort/applicants/person-2"
