"""Two people found to be one: what was planned for one goes to the other, and once."""

from itertools import permutations

import pytest

from services.notify.domain.values import Purpose
from shared.events import ConsultRescheduled, ContactUpdated, PersonMerged, SmsConsent
from shared.events.base import Event
from tests.integration.notify.conftest import Make, Notify
from tests.integration.notify.samples import NOW, consult, contact, ny

MERGED = PersonMerged(into_id="rosa", from_id="rosie")
ROSIE = contact("rosie", phone="+12075550199")
TOMORROW = ny(2027, 1, 13, 14, 40)


def call_of(person_id: str = "rosie", revision: int = 1) -> Event:
    event = type(consult()) if revision == 1 else ConsultRescheduled
    who = ROSIE if person_id == "rosie" else contact()
    start = ny(2027, 1, 14, 14, 40) if revision == 1 else ny(2027, 1, 15, 10, 0)
    return consult(event, revision, start, consult_id="c2", person=who)


def hers(notify: Notify, person_id: str = "rosa") -> list[tuple[str, str, str]]:
    """What this person got, gets or would have got from the second call."""
    rows = notify.messages(person_id=person_id, source="consult/c2")
    return sorted((m.purpose, m.channel, m.state) for m in rows)


def test_what_was_sent_is_not_sent_again_and_the_rest_goes_to_who_stays(notify: Notify) -> None:
    notify.hear(consult(starts=ny(2027, 1, 20, 9, 0)))
    notify.hear(call_of())
    notify.step()
    before = len(notify.captured("email")), len(notify.captured("sms"))
    notify.hear(MERGED)
    notify.step()
    assert (len(notify.captured("email")), len(notify.captured("sms"))) == before
    assert hers(notify, "rosie") == []
    notify.step(at=TOMORROW)
    assert notify.captured("email")[-1]["to"] == "rosa@example.org"
    assert notify.captured("sms")[-1]["to"] == "+12075550176"


def test_a_move_after_it_is_told_to_who_stays(notify: Notify) -> None:
    notify.hear(consult(starts=ny(2027, 1, 20, 9, 0)))
    notify.hear(call_of())
    notify.step()
    notify.hear(MERGED)
    notify.hear(call_of("rosa", 2))
    notify.step()
    assert notify.captured("email")[-1]["to"] == "rosa@example.org"
    assert (Purpose.CONSULT_MOVED, "email", "accepted") in hers(notify)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_in_any_order_the_same_messages_are_left(make_notify: Make, order: tuple[int, ...]) -> None:
    events = [consult(starts=ny(2027, 1, 20, 9, 0)), call_of(), MERGED, call_of("rosa", 2)]
    notify = make_notify()
    for number in order:
        notify.hear(events[number], at=NOW, event_id=f"event-{number}")
    live = [(m.source, m.person_id, m.occasion) for m in notify.messages(state="planned")]
    assert set(live) == {("consult/c1", "rosa", "r1"), ("consult/c2", "rosa", "r2")}
    notify.step()
    assert {each["to"] for each in notify.captured("email")} == {"rosa@example.org"}


def test_while_nothing_is_known_of_who_stays_the_others_data_stand_in(notify: Notify) -> None:
    notify.hear(call_of())
    notify.hear(MERGED)
    notify.step()
    assert [each["to"] for each in notify.captured("email")] == ["rosie@example.org"]
    nothing = SmsConsent(granted=False)
    theirs = contact(email="new@example.org", sms_consent=nothing)
    notify.hear(ContactUpdated(sequence=1, person_id="rosa", person=theirs))
    notify.step(at=TOMORROW)
    assert notify.captured("email")[-1]["to"] == "new@example.org"
    assert len(notify.captured("sms")) == 1


def test_late_news_of_who_was_merged_away_is_of_who_stays(notify: Notify) -> None:
    notify.hear(consult(starts=ny(2027, 1, 20, 9, 0)))
    notify.hear(MERGED)
    notify.hear(call_of())
    notify.step()
    assert {m.person_id for m in notify.messages()} == {"rosa"}
    assert {each["to"] for each in notify.captured("email")} == {"rosa@example.org"}
