"""The embedded process is killed again and again while people book."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from simulation import twilio
from tests.running.process import until
from tests.running.prospects import Prospect, book, offered
from tests.running.rows import event_ids, inbox, select
from tests.running.systems import Embedded, settled

LIVES = 6
PEOPLE = 36
SEED = 20_27
ANSWER_AFTER_S = 0.15
UNDER_WAY = "('planned', 'claimed', 'calling')"


@dataclass
class Crowd:
    """People who book one after the other, and ask again for what was not answered."""

    url: str
    starts: list[str]
    booked: dict[int, str] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)

    def go_on(self, stop: threading.Event, *, people: int) -> None:
        """Book for everyone up to `people` who has no answer yet."""
        for number in range(people):
            while number not in self.booked and not stop.is_set():
                with contextlib.suppress(requests.RequestException):
                    self._ask(number)

    def _ask(self, number: int) -> None:
        key = f"person-{number}"
        answer = book(self.url, Prospect(number), self.starts[number], key=key)
        self.answers[answer.status_code] += 1
        assert answer.status_code == 201, answer.text
        self.booked[number] = answer.json()["id"]


@contextlib.contextmanager
def asking(crowd: Crowd, people: int) -> Iterator[threading.Thread]:
    """The crowd at it, in a thread."""
    stop = threading.Event()
    thread = threading.Thread(target=lambda: crowd.go_on(stop, people=people), daemon=True)
    thread.start()
    yield thread
    stop.set()
    thread.join(40)


def answer_late(stand_in: twilio.TwilioStandIn) -> None:
    """Let a text be accepted well before its answer leaves, so that kills fall in between."""
    at_once = stand_in.post

    def post(account: str, parameters: dict[str, str]) -> tuple[int, dict[str, Any]] | None:
        answer = at_once(account, parameters)
        time.sleep(ANSWER_AFTER_S)
        return answer

    stand_in.post = post  # type: ignore[method-assign]


@pytest.mark.slow
def test_kill_nine_at_any_time_loses_no_event_and_sends_no_text_twice(tmp_path: Path) -> None:
    moments = random.Random(SEED)
    with twilio.running() as stand_in:
        answer_late(stand_in)
        system = Embedded(
            tmp_path,
            GRIP_TWILIO_ACCOUNT_SID=twilio.ACCOUNT,
            GRIP_TWILIO_AUTH_TOKEN=twilio.TOKEN,
            GRIP_TWILIO_FROM="+12075550100",
            GRIP_TWILIO_API_URL=stand_in.url,
            GRIP_TWILIO_PER_SECOND="50",
        )
        system.start()
        crowd = Crowd(system.url, offered(system.url)[::2])
        assert len(crowd.starts) >= PEOPLE
        try:
            for life in range(1, LIVES + 1):
                with asking(crowd, PEOPLE * life // (LIVES + 1)):
                    time.sleep(moments.uniform(0.05, 1.5))
                    system.process.kill()
                system.start()
            with asking(crowd, PEOPLE) as thread:
                thread.join(60)
            assert len(crowd.booked) == PEOPLE
            settled(system)
            no_event_lost(system, crowd)
            no_second_text(system, stand_in)
        finally:
            system.stop()


def no_event_lost(system: Embedded, crowd: Crowd) -> None:
    """Every booking that was answered is one consult and one event, handled once by notify."""
    consults = select(system.database_url("booking"), "SELECT id FROM consult")
    assert sorted(row[0] for row in consults) == sorted(crowd.booked.values())
    booked = event_ids(system.database_url("booking"), "consult.booked")
    assert len(booked) == PEOPLE
    for service in ("notify", "cohort"):
        known = inbox(system.database_url(service))
        assert {known.get(event_id) for event_id in booked} == {"handled"}


def no_second_text(system: Embedded, stand_in: twilio.TwilioStandIn) -> None:
    """Nobody got two; who got none stands as an unknown, for staff to see."""
    url = system.database_url("notify")
    texts = "SELECT state FROM message WHERE purpose = 'consult_booked' AND channel = 'sms'"
    # A batch that died with its process comes back when its lease lapses, after a minute.
    until(
        lambda: not select(url, f"{texts} AND state IN {UNDER_WAY}"),
        "every text to be sent or to stand as unknown",
        within_s=120,
    )
    per_person = Counter(taken.to for taken in stand_in.accepted)
    assert set(per_person.values()) == {1}, per_person.most_common(3)
    states = Counter(row[0] for row in select(url, texts))
    assert set(states) <= {"accepted", "unknown"}, states
    assert sum(states.values()) == PEOPLE
    assert states["unknown"] <= LIVES, "at most the call that was under way at each kill"
    assert states["accepted"] <= len(stand_in.accepted) <= PEOPLE
    for taken in stand_in.accepted:
        assert stand_in.call_back(taken, "delivered") < 300
    delivered = Counter(row[0] for row in select(url, texts))["delivered"]
    assert delivered == len(stand_in.accepted), "a receipt resolves an unknown"
