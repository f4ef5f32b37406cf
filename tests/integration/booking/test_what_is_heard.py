"""Replies, receipts and opt-outs that notify tells of: what they change here, in any order."""

from datetime import timedelta
from random import Random

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from services.booking.bootstrap import make_keys
from services.booking.domain.consult import Actor
from services.booking.store.consults import get_consult
from services.booking.use_cases.cancel_consult import cancel_consult
from services.booking.use_cases.reschedule_consult import reschedule_consult
from shared.crypto import Blind
from shared.db import Database
from shared.db.common import outbox
from shared.settings import GripSettings
from tests.integration.booking.hearing import (
    book_as,
    call_of,
    delivered,
    failed,
    hear,
    lines,
    opted_in,
    opted_out,
    reply,
    told,
)
from tests.integration.booking.office import GRID, KEYS, NOW, TEN, book, employ, wanted

DAY = timedelta(days=1)
OFF = "The text could not be delivered: the phone is off or out of reach; call instead."
PHONE = "+12075550101"  # of person 1 in the office


@pytest.fixture
def consult_id(database: Database) -> str:
    """A consult booked just now."""
    employ(database)
    return book(database, wanted()).consult_id


def move(database: Database, consult_id: str, to: timedelta = DAY) -> None:
    def work(session) -> None:
        consult = get_consult(session, consult_id)
        start = consult.starts_at + to
        reschedule_consult(session, consult, start, by=Actor.PERSON, keys=KEYS, now=NOW)

    database.run(work)


def test_a_confirming_reply_confirms_the_call(database: Database, consult_id: str) -> None:
    hear(database, told(reply(consult_id), 5))
    assert call_of(database, consult_id).confirmed_at == NOW + timedelta(minutes=5)


def test_a_confirmation_keeps_the_time_it_was_first_given(
    database: Database, consult_id: str
) -> None:
    hear(database, *(told(reply(consult_id), minute) for minute in (7, 5, 9)))
    assert call_of(database, consult_id).confirmed_at == NOW + timedelta(minutes=5)


@pytest.mark.parametrize("intent", ["other", "opt_out", "ride_arranged"])
def test_any_other_reply_changes_nothing(database: Database, consult_id: str, intent: str) -> None:
    hear(database, told(reply(consult_id, intent=intent)), told(reply(None, None, intent)))
    assert call_of(database, consult_id).confirmed_at is None


def test_a_move_asks_again(database: Database, consult_id: str) -> None:
    hear(database, told(reply(consult_id)))
    move(database, consult_id)
    assert call_of(database, consult_id).confirmed_at is None
    hear(database, told(reply(consult_id), 20))
    assert call_of(database, consult_id).confirmed_at is None
    hear(database, told(reply(consult_id, 2), 30))
    assert call_of(database, consult_id).confirmed_at == NOW + timedelta(minutes=30)


def test_a_late_reply_about_the_old_time_does_not_unconfirm_the_new(
    database: Database, consult_id: str
) -> None:
    move(database, consult_id)
    hear(database, told(reply(consult_id, 2), 5), told(reply(consult_id, 1), 9))
    assert call_of(database, consult_id).confirmed_at == NOW + timedelta(minutes=5)


def test_a_cancelled_call_is_not_confirmed(database: Database, consult_id: str) -> None:
    hear(database, told(reply(consult_id)))

    def work(session) -> None:
        consult = get_consult(session, consult_id)
        cancel_consult(session, consult, by=Actor.STAFF, keys=KEYS, now=NOW)

    database.run(work)
    assert call_of(database, consult_id).confirmed_at is None


def test_a_failed_text_is_told_until_it_is_delivered_after_all(
    database: Database, consult_id: str
) -> None:
    hear(database, told(failed(consult_id), 1))
    assert lines(call_of(database, consult_id)) == [OFF]
    hear(database, told(delivered(consult_id), 2))
    assert lines(call_of(database, consult_id)) == []
    hear(database, told(failed(consult_id), 1))
    assert lines(call_of(database, consult_id)) == []


def test_a_failure_after_a_delivery_is_told_again(database: Database, consult_id: str) -> None:
    hear(database, told(failed(consult_id), 3), told(delivered(consult_id), 2))
    assert lines(call_of(database, consult_id)) == [OFF]


def test_delivered_counts_more_than_failed_at_the_same_instant(
    database: Database, consult_id: str
) -> None:
    hear(database, told(delivered(consult_id), 1), told(failed(consult_id), 1))
    assert lines(call_of(database, consult_id)) == []


@pytest.mark.parametrize(
    "other", [{"purpose": "consult_reminder"}, {"channel": "email"}], ids=["purpose", "channel"]
)
def test_another_message_that_arrives_does_not_hide_the_one_that_did_not(
    database: Database, consult_id: str, other: dict[str, str]
) -> None:
    hear(database, told(failed(consult_id), 1), told(delivered(consult_id, **other), 2))
    assert lines(call_of(database, consult_id)) == [OFF]


def test_the_same_trouble_of_two_messages_is_told_once(database: Database, consult_id: str) -> None:
    hear(database, told(failed(consult_id)), told(failed(consult_id, purpose="consult_reminder")))
    assert lines(call_of(database, consult_id)) == [OFF]


def test_a_move_leaves_old_trouble_behind(database: Database, consult_id: str) -> None:
    hear(database, told(failed(consult_id)))
    move(database, consult_id)
    hear(database, told(failed(consult_id), 9))
    assert lines(call_of(database, consult_id)) == []


@pytest.mark.parametrize("source", ["enrollment/1", "consult/", "consult/" + "x" * 200, None])
def test_what_concerns_no_consult_is_taken_in_silence(
    database: Database, source: str | None
) -> None:
    hear(
        database,
        told(failed("", source_id=source, reason="r" * 500, purpose="p" * 200)),
        told(delivered("", source_id=source)),
        told(reply(None).model_copy(update={"source_id": source})),
        told(failed("unknown", None)),
    )


def test_long_words_are_cut_to_what_is_kept(database: Database, consult_id: str) -> None:
    hear(database, told(failed(consult_id, reason="r" * 500, purpose="p" * 200)))
    assert lines(call_of(database, consult_id)) == [
        "The text could not be delivered: no reason is known; call instead."
    ]


def test_texts_are_off_for_a_number_until_its_owner_starts_them_again(
    database: Database, consult_id: str
) -> None:
    assert not call_of(database, consult_id).texts_off
    hear(database, told(opted_out(PHONE, 1)), told(opted_out("+12075550199", 1)))
    assert call_of(database, consult_id).texts_off
    hear(database, told(opted_in(PHONE, 2)), told(opted_out(PHONE, 1)))
    assert not call_of(database, consult_id).texts_off


def test_an_opt_out_covers_whoever_books_with_that_number_later(database: Database) -> None:
    employ(database)
    hear(database, told(opted_out(PHONE, 1)))
    mine = book(database, wanted()).consult_id
    shared = book(database, wanted(TEN + GRID, 2, phone=PHONE)).consult_id
    other = book(database, wanted(TEN + 2 * GRID, 3)).consult_id
    assert [call_of(database, each).texts_off for each in (mine, shared, other)] == [
        True, True, False,
    ]  # fmt: skip


def test_nothing_of_this_is_published(database: Database, consult_id: str) -> None:
    hear(
        database,
        *map(told, (reply(consult_id), failed(consult_id), delivered(consult_id))),
        *map(told, (opted_out(PHONE, 1), opted_in(PHONE, 2))),
    )
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(outbox)) == 1


def test_a_number_is_found_by_the_digest_that_events_carry() -> None:
    settings = GripSettings(secret_key=SecretStr("a secret for tests, long enough"))
    everywhere = Blind(settings.secret_for("blind")).digest("phone", PHONE)
    assert make_keys(settings).phone(PHONE) == everywhere


def test_any_order_and_number_of_deliveries_ends_in_the_same_state(database: Database) -> None:
    """Booked and moved at any point among what is told of both revisions, some of it repeated."""
    employ(database)
    for number in range(20):
        consult_id, phone = f"consult-{number}", f"+1207555{100 + number:04d}"
        news = [
            told(reply(consult_id, 1), 3),
            told(reply(consult_id, 2), 14),
            told(reply(consult_id, 2), 12),
            told(reply(consult_id, 2, "other"), 11),
            told(failed(consult_id, 1), 1),
            told(failed(consult_id, 2, purpose="consult_moved"), 10),
            told(delivered(consult_id, 2, purpose="consult_moved"), 13),
            told(failed(consult_id, 2, purpose="consult_reminder", reason="30008"), 20),
            told(failed(consult_id, 2, purpose="consult_reminder", reason="30005"), 21),
            told(delivered(consult_id, 2, purpose="consult_reminder", channel="email"), 22),
            told(opted_out(phone, 1), 5),
            told(opted_in(phone, 2), 6),
            told(opted_out(phone, 3), 7),
        ]
        dice = Random(number)
        steps = [*news, *dice.choices(news, k=6), None, None]
        dice.shuffle(steps)
        known = False
        for step in steps:
            if step is not None:
                hear(database, step)
            elif known:
                move(database, consult_id)
            else:
                book_as(database, consult_id, wanted(TEN + number * GRID, number))
                known = True
        call = call_of(database, consult_id)
        assert call.consult.revision == 2
        assert call.confirmed_at == NOW + timedelta(minutes=12), number
        assert lines(call) == [
            "The text could not be delivered: the number is not in service; call instead."
        ], number
        assert call.texts_off, number
