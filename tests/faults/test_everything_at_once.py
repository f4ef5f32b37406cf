"""Two hundred people book, move, are booked by staff and take held times, all at one moment."""

from __future__ import annotations

import re
import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

import pytest
import requests
from sqlalchemy import select

from services.booking.domain.consult import Meeting
from services.booking.domain.consultant import Consultant, Hours, weekdays
from services.booking.domain.ids import ConsultantId
from services.booking.domain.intervals import written
from services.booking.domain.person import Details
from services.booking.tables import ConsultCellRow, ConsultRow, WaitlistOfferRow
from services.booking.use_cases.add_consultant import add_consultant
from services.booking.use_cases.join_waitlist import Wish, join_waitlist
from services.booking.use_cases.offer_slots import offer_slots
from tests.running.inside import Inside, inside
from tests.running.prospects import Prospect, book, midday_zone, offered
from tests.running.systems import Embedded, Separate, System

BOOKERS, MOVERS, BY_STAFF, WAITERS, TAPS = 80, 40, 40, 8, 5
LONG_S = 100
"""On two busy cores, with one writer at a time."""
Ask = Callable[[], requests.Response]


@dataclass
class Crowd:
    """Everybody's request, not sent yet, and what came of it."""

    asks: list[tuple[str, Ask]] = field(default_factory=list)
    answers: dict[str, list[requests.Response]] = field(default_factory=lambda: defaultdict(list))

    def send(self) -> None:
        """All of them together."""
        together = threading.Barrier(len(self.asks))

        def go(kind: str, ask: Ask) -> None:
            together.wait()
            self.answers[kind].append(ask())

        threads = [threading.Thread(target=go, args=each) for each in self.asks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)

    def statuses(self, kind: str) -> Counter[int]:
        """How often each status was answered."""
        return Counter(answer.status_code for answer in self.answers[kind])


def employ_two_more(office: Inside, now: datetime) -> None:
    """With pauses between their calls, so that calls may clash that do not overlap."""
    zone = ZoneInfo("America/New_York")
    for name in ("Maya Lindqvist", "Tomas Arden"):
        who = Consultant(
            ConsultantId(""), name, zone, weekdays("09:00", "17:00"), buffer_after=10, daily_cap=9
        )
        with office.database.transaction() as session:
            add_consultant(session, who, actor="test", now=now)


def hold_times(office: Inside, now: datetime) -> dict[str, str]:
    """Times that are kept for people on the waitlist: each offer's token and start."""
    windows = [Hours(day, 0, 24 * 60) for day in range(7)]
    with office.database.transaction() as session:
        for number in range(WAITERS):
            who = Prospect(900 + number)
            details = Details(
                f"Waiter {number}", who.email, who.phone, midday_zone(), "en", sms_consent=False
            )
            wish = Wish(details, windows, 4, Meeting.PHONE, "test")
            join_waitlist(session, wish, keys=office.keys, now=now)
        offer_slots(session, keys=office.keys, now=now)
        rows = session.scalars(select(WaitlistOfferRow)).all()
        return {office.keys.offer_token(row.id, row.nonce): written(row.starts_at) for row in rows}


class Page:
    """One person's browser on a page with a form."""

    def __init__(self, url: str, cookies: dict[str, str] | None = None) -> None:
        self.browser = requests.Session()
        self.browser.cookies.update(cookies or {})
        self.url = url
        self.text = ""

    def open(self, path: str) -> Page:
        """Load it."""
        answer = self.browser.get(self.url + path, timeout=30)
        assert answer.status_code == 200, answer.text
        self.text = answer.text
        return self

    def hidden(self, name: str) -> str:
        """The value that a hidden field carries."""
        found = re.search(f'name="{name}" value="([^"]*)"', self.text)
        assert found, name
        return found[1]

    def send(self, path: str, **fields: str) -> requests.Response:
        """Send the form, and follow nothing."""
        sent = {"csrf_token": self.hidden("csrf_token"), **fields}
        return self.browser.post(self.url + path, data=sent, allow_redirects=False, timeout=LONG_S)


def gather(crowd: Crowd, urls: list[str], office: Inside, held: dict[str, str]) -> dict[str, str]:
    """Everybody's request; the calls that are about to be moved, by token, with their start."""
    free = offered(urls[0])
    contested = sorted({*held.values(), *free[:14]})
    chance = Random(5)
    far = free[60 : 60 + 2 * MOVERS : 2]
    movable: dict[str, str] = {}
    for number, start in enumerate(far[:MOVERS]):
        made = book(urls[0], Prospect(200 + number), start)
        assert made.status_code == 201, made.text
        token = made.json()["manage_url"].rpartition("/")[2]
        movable[token] = start
        body = {"start": chance.choice(contested)}
        target = f"{urls[number % len(urls)]}/booking/api/v1/consults/{token}/reschedule"
        crowd.asks.append(("move", partial(requests.post, target, json=body, timeout=LONG_S)))
    for number in range(BOOKERS):
        url, start = urls[number % len(urls)], chance.choice(contested)
        crowd.asks.append(
            (
                "book",
                lambda u=url, n=number, s=start: book(u, Prospect(300 + n), s, within_s=LONG_S),
            )  # type: ignore[misc]
        )
    cookies = office.staff_cookie(now=datetime.now(UTC))
    for number in range(BY_STAFF):
        start = chance.choice(contested)
        page = Page(urls[number % len(urls)], cookies)
        page.open(f"/booking/staff/book/details?start={start}")
        fields = {
            "start": start,
            "key": page.hidden("key"),
            "name": f"Caller {number}",
            "phone": Prospect(500 + number).phone,
            "timezone": "America/New_York",
            "locale": "en",
            "meeting": "phone",
            "consultant": "",
        }
        crowd.asks.append(("staff", partial(page.send, "/booking/staff/book", **fields)))
    for number, token in enumerate(list(held) * TAPS):
        page = Page(urls[number % len(urls)]).open(f"/booking/offer/{token}")
        crowd.asks.append(("accept", partial(page.send, f"/booking/offer/{token}/accept")))
    chance.shuffle(crowd.asks)
    return movable


def check_answers(crowd: Crowd) -> None:
    """Each is told one of the few things that may be; nobody meets a failure of ours."""
    assert set(crowd.statuses("book")) <= {201, 409}
    assert set(crowd.statuses("move")) <= {200, 409}
    assert set(crowd.statuses("staff")) <= {303, 409}
    assert set(crowd.statuses("accept")) == {303}
    total = sum(len(answers) for answers in crowd.answers.values())
    assert total == len(crowd.asks) >= 200
    # Who of them is quicker is chance; that some are and most are not is sure.
    won = crowd.statuses("book")[201] + crowd.statuses("move")[200] + crowd.statuses("staff")[303]
    lost = sum(crowd.statuses(kind)[409] for kind in ("book", "move", "staff"))
    assert won
    assert lost > won


def check_rows(office: Inside, crowd: Crowd, held: dict[str, str]) -> None:
    """What was said is what is kept, and no consultant has two calls at once, pauses included."""
    with office.database.reading() as session:
        query = select(ConsultRow).where(ConsultRow.status == "booked")
        rows = session.scalars(query.order_by(ConsultRow.held_from)).all()
        last: dict[str, datetime] = {}
        for row in rows:
            before = last.get(row.consultant_id)
            assert before is None or before <= row.held_from, row.starts_at
            last[row.consultant_id] = row.held_until
        counted = Counter((row.consultant_id, row.day) for row in rows)
        caps = {row.consultant_id for row in rows if counted[row.consultant_id, row.day] > 24}
        assert not caps
        cells = session.scalars(select(ConsultCellRow.consult_id)).all()
        assert {row.id for row in rows} <= set(cells)
        said = crowd.statuses("book")[201] + crowd.statuses("staff")[303] + MOVERS + len(held)
        assert len(rows) == said


def check_moves(urls: list[str], crowd: Crowd, movable: dict[str, str]) -> None:
    """A call that was not moved stands where it was."""
    moved = 0
    for token, start in movable.items():
        call = requests.get(f"{urls[0]}/booking/api/v1/consults/{token}", timeout=30).json()
        assert call["status"] == "booked"
        assert (call["revision"] == 1) == (call["start"] == start)
        moved += call["revision"] > 1
    assert moved == crowd.statuses("move")[200]


def everything_at_once(system: System, urls: list[str]) -> None:
    now = datetime.now(UTC)
    with inside(system) as office:
        employ_two_more(office, now)
        held = hold_times(office, now)
        assert len(held) == WAITERS
        assert min(held.values()) > written(now + timedelta(hours=1))
        crowd = Crowd()
        movable = gather(crowd, urls, office, held)
        crowd.send()
        check_answers(crowd)
        check_rows(office, crowd, held)
        check_moves(urls, crowd, movable)


def test_no_two_calls_overlap_on_sqlite(embedded: Embedded) -> None:
    everything_at_once(embedded, [embedded.url])


@pytest.mark.postgres
@pytest.mark.rabbitmq
def test_no_two_calls_overlap_from_two_web_processes_on_postgresql(separate: Separate) -> None:
    separate.start(web=2, services=("booking",))
    everything_at_once(separate, [separate.direct("booking", nth) for nth in range(2)])
