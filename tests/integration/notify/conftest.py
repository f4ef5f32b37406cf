"""One notify service over a fresh database, fed with events and stepped by hand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from services.notify.bootstrap import build
from services.notify.settings import NotifySettings
from services.notify.tables import Base, CapturedRow, MessageRow
from shared.bus.inbox import Inbox
from shared.clock import ManualClock
from shared.db.common import outbox
from shared.db.testing import create_all
from shared.entropy import SeededEntropy, SystemEntropy
from shared.events.base import Event
from shared.events.envelope import Envelope
from shared.service import Parts, Service
from simulation.twilio import ACCOUNT, TOKEN, running
from tests.conftest import FIELD_KEY
from tests.integration.notify.samples import NOW

BASE = "http://127.0.0.1:8000"
Make = Callable[..., "Notify"]


@dataclass
class Notify:
    """The service under test."""

    service: Service
    clock: ManualClock
    inbox: Inbox
    entropy: SeededEntropy

    def hear(
        self, event: Event, *, at: datetime | None = None, event_id: str | None = None
    ) -> None:
        """Deliver one event, as the bus would."""
        envelope = Envelope(
            id=event_id or self.entropy.uuid(),
            source="/elsewhere",
            time=at or self.clock.now(),
            event=event,
        )
        self.inbox.take([envelope.to_json().encode()], self.clock.now())

    def step(self, *, at: datetime | None = None) -> None:
        """Send all that is due."""
        if at is not None:
            self.clock.set(at)
        for job in self.service.jobs:
            while job.step(self.clock.now()):
                pass

    def advance(self, delta: timedelta) -> None:
        self.step(at=self.clock.now() + delta)

    def messages(self, **where: object) -> list[MessageRow]:
        """Rows by due time."""
        query = select(MessageRow).filter_by(**where)
        with self.service.database.reading() as session:
            rows = list(session.scalars(query.order_by(MessageRow.send_at, MessageRow.id)))
            session.expunge_all()
            return rows

    def live(self) -> list[tuple[str, str, datetime]]:
        """What waits: (purpose, channel, instant)."""
        waiting = [(m.purpose, m.channel, m.send_at) for m in self.messages(state="planned")]
        return sorted(waiting, key=lambda each: (each[2], each[1]))

    def captured(self, channel: str) -> list[dict]:
        with self.service.database.reading() as session:
            query = select(CapturedRow).where(CapturedRow.channel == channel)
            return [row.payload for row in session.scalars(query.order_by(CapturedRow.at))]

    def published(self) -> list[str]:
        """Types of the events that notify published, in order."""
        with self.service.database.reading() as session:
            return list(session.scalars(select(outbox.c.type).order_by(outbox.c.id)))


@pytest.fixture
def make_notify(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Makes the service on a database kind, with further settings."""
    made: list[Service] = []

    def make(kind: str = "sqlite", *, now: datetime = NOW, **settings: object) -> Notify:
        if kind == "sqlite":
            url = f"sqlite:///{tmp_path / f'notify-{len(made)}.sqlite3'}"
        else:
            url = request.getfixturevalue("postgres_url")("notify")
        clock = ManualClock(now)
        service = build(
            NotifySettings(
                _env_file=None,
                notify_database_url=url,
                data_dir=tmp_path,
                public_base_url=settings.pop("public_base_url", BASE),
                secret_key="tests-only-secret-key-of-some-length",
                field_keys=(FIELD_KEY,),
                **settings,
            ),
            Parts(clock=clock, entropy=SystemEntropy()),
        )
        made.append(service)
        create_all(service.database, Base.metadata)
        inbox = Inbox(service.database, service.subscriptions)
        return Notify(service, clock, inbox, SeededEntropy("tests"))

    yield make
    for each in made:
        each.database.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def notify(request: pytest.FixtureRequest, make_notify: Make) -> Notify:
    """The service once on each database, everything captured."""
    if request.param == "postgres":
        request.getfixturevalue("postgres_server")
    return make_notify(request.param)


@pytest.fixture
def twilio():
    with running(hold_s=3) as stand_in:
        yield stand_in


@pytest.fixture(params=["sqlite", "postgres"])
def texting(request, make_notify, twilio):
    """The service with texts going to the stand-in."""
    return make_notify(
        request.param,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        twilio_from="+12075550100",
        twilio_api_url=twilio.url,
        twilio_timeout_s=0.5,
        twilio_per_second=1000,
    )
