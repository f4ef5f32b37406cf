"""Makes the in-process bus lossless: what a broker that forgot should have delivered.

An in-process broker loses what is in flight when the process dies. Every publisher keeps what it
sent, and every inbox knows what it took; the difference is published again, to that queue only.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.bus.messages import Bus, OutMessage, events_queue
from shared.db import Database
from shared.db.common import inbox, outbox
from shared.db.types import opened, sealed_text

GRACE = timedelta(seconds=3)
PATIENCE = timedelta(seconds=30)
BATCH = 1000

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_IDS = select(outbox.c.id, outbox.c.event_id, outbox.c.sent_at)


class DiffReplay:
    """Watches one publisher on behalf of one consumer; embedded set-up only."""

    def __init__(
        self, *, publisher: Database, consumer: Database, types: Iterable[str], bus: Bus
    ) -> None:
        self._publisher = publisher
        self._consumer = consumer
        self._types = frozenset(types)
        self._bus = bus
        self._watermark = 0
        self._open: dict[int, None] = {}
        """Rows below the watermark that were unsent or not taken when last looked at."""
        self._sent_again: dict[int, datetime] = {}
        self._started = False

    def step(self, now: datetime) -> bool:
        """Look at up to 1,000 rows further on and at the open ones; True when more may wait.

        Rows sent less than three seconds ago are left to arrive by themselves, except at the first
        steps after a start, when nothing can be in flight.
        """
        with self._publisher.reading() as session:
            again, ahead = self._still_open(session), self._above(session)
        rows = [*again, *ahead]
        settled = now - GRACE if self._started else now
        sent = [row for row in rows if row.sent_at is not None]
        missing = self._unknown(sent)
        for row in rows:  # put at the end, so that every open row has its turn
            if row.sent_at is None or row.id in missing:
                self._open[row.id] = None
        self._watermark = max([self._watermark, *(row.id for row in ahead)])
        self._send([row.id for row in sent if row.id in missing and row.sent_at <= settled], now)
        self._started = self._started or len(ahead) < BATCH
        return len(ahead) == BATCH

    def _above(self, session: Session) -> Sequence[Any]:
        query = _IDS.where(outbox.c.type.in_(self._types), outbox.c.id > self._watermark)
        return session.execute(query.order_by(outbox.c.id).limit(BATCH)).all()

    def _still_open(self, session: Session) -> Sequence[Any]:
        ids = list(islice(self._open, BATCH))
        for each in ids:
            del self._open[each]
        return session.execute(_IDS.where(outbox.c.id.in_(ids)).order_by(outbox.c.id)).all()

    def _unknown(self, rows: Sequence[Any]) -> set[int]:
        """The rows whose event the consumer's inbox does not hold in any state."""
        ids = [row.event_id for row in rows]
        with self._consumer.reading() as session:
            query = select(inbox.c.event_id).where(inbox.c.event_id.in_(ids))
            known = set(session.scalars(query))
        return {row.id for row in rows if row.event_id not in known}

    def _send(self, ids: Sequence[int], now: datetime) -> None:
        """Publish these rows to the consumer's queue, each at most twice a minute."""
        due = [each for each in ids if self._sent_again.get(each, _LONG_AGO) <= now - PATIENCE]
        if not due:
            return
        sealed = sealed_text(outbox.c.envelope).label("sealed")
        query = select(outbox.c.event_id, outbox.c.type, sealed).where(outbox.c.id.in_(due))
        with self._publisher.reading() as session:
            rows = session.execute(query.order_by(outbox.c.id)).all()
            messages = [
                OutMessage(row.event_id, row.type, opened(session, row.sealed)) for row in rows
            ]
        self._bus.send_to(events_queue(self._consumer.service), messages)
        kept = {each: at for each, at in self._sent_again.items() if at > now - PATIENCE}
        self._sent_again = kept | dict.fromkeys(due, now)
