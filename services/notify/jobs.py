"""The periodic steps of notify: send what is due, settle what was interrupted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.notify.domain.outcomes import Answer, Outcome
from services.notify.domain.values import Channel
from services.notify.ports import EmailGateway, OutgoingEmail, OutgoingText, TextGateway
from services.notify.use_cases.begin_call import begin_call
from services.notify.use_cases.claim_due import LEASE, Batch, claim_due
from services.notify.use_cases.compose_message import Outgoing, Stationery
from services.notify.use_cases.give_up import give_up
from services.notify.use_cases.record_answer import record_answer
from services.notify.use_cases.settle_lapsed import settle_lapsed
from shared.clock import Clock
from shared.db import Database
from shared.service import Job

BATCH = 20

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Gateways:
    """The provider of each channel. `texts_per_second` None: no pace is kept."""

    texts: TextGateway
    emails: EmailGateway
    texts_per_second: float | None
    timeout: timedelta

    def repeatable(self) -> frozenset[Channel]:
        """The channels on which a lost call may simply be made again."""
        pairs = ((Channel.SMS, self.texts.repeatable), (Channel.EMAIL, self.emails.repeatable))
        return frozenset(channel for channel, may in pairs if may)


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """Claim (commit) → per message: mark calling (commit) → call → record (commit)."""

    database: Database
    clock: Clock
    stationery: Stationery
    gateways: Gateways
    stopping: Callable[[], bool] = field(default=lambda: False)
    """Whether the process is about to end: then no further call is begun."""

    def send_texts(self, now: datetime) -> bool:
        """Send up to a batch of texts; whether more is likely to be due."""
        return self._send(Channel.SMS, now)

    def send_emails(self, now: datetime) -> bool:
        """Send up to a batch of emails; whether more is likely to be due."""
        return self._send(Channel.EMAIL, now)

    def step(self, now: datetime) -> bool:
        """Send up to a batch per channel; whether more is likely to be due."""
        more = {channel: self._send(channel, now) for channel in Channel}
        return any(more.values())

    def settle(self, now: datetime) -> bool:
        """Look after calls that nobody recorded; whether more may wait."""
        repeatable = self.gateways.repeatable()
        done = self.database.run(
            lambda session: settle_lapsed(session, repeatable=repeatable, now=now)
        )
        return done >= 100

    def _send(self, channel: Channel, now: datetime) -> bool:
        pace = self.gateways.texts_per_second if channel is Channel.SMS else None
        batch = self.database.run(
            lambda session: claim_due(session, channel, limit=BATCH, per_second=pace, now=now)
        )
        for message_id in batch.messages:
            at = self.clock.now()
            if at - now > LEASE / 2 or self.stopping():
                break  # what is left comes back when the lease lapses
            try:
                self._send_one(batch, message_id, at)
            except Exception as error:  # noqa: BLE001 - one message never stops the others
                log.error("message failed", message_id=message_id, error=type(error).__name__)
        return len(batch.messages) == BATCH

    def _send_one(self, batch: Batch, message_id: str, now: datetime) -> None:
        """Raises what the database raises: the lease, or the settling of calls, takes it up."""
        outgoing = self._begin(batch, message_id, now)
        if outgoing is None:
            return
        answer = self._call(outgoing, now)
        at = self.clock.now()
        self.database.run(lambda session: record_answer(session, message_id, answer, now=at))

    def _begin(self, batch: Batch, message_id: str, now: datetime) -> Outgoing | None:
        timeout = self.gateways.timeout
        try:
            return self.database.run(
                lambda session: begin_call(
                    session, message_id, batch.lease, self.stationery, timeout=timeout, now=now
                )
            )
        except SQLAlchemyError:
            raise  # no fault of the message: it comes back when the lease lapses
        except Exception as error:  # noqa: BLE001 - its facts are broken: staff must look
            log.error("message is broken", message_id=message_id, error=type(error).__name__)
            lease = batch.lease
            self.database.run(lambda session: give_up(session, message_id, lease, now=now))
            return None

    def _call(self, outgoing: Outgoing, now: datetime) -> Answer:
        try:
            if isinstance(outgoing, OutgoingText):
                return self.gateways.texts.send(outgoing, now)
            return self.gateways.emails.send(outgoing, now)
        except Exception as error:  # noqa: BLE001 - whatever it was, it may have been accepted
            log.error("gateway raised", message_id=outgoing.message_id, error=type(error).__name__)
            return Answer(Outcome.AMBIGUOUS, detail=type(error).__name__)


def jobs(dispatcher: Dispatcher) -> Sequence[Job]:
    """Each a bounded amount of work at a given time."""
    return (
        # Apart from each other: a slow provider of one channel must not hold up the other.
        Job("send-texts", every=timedelta(seconds=1), step=dispatcher.send_texts),
        Job("send-emails", every=timedelta(seconds=1), step=dispatcher.send_emails),
        Job("settle-lapsed", every=timedelta(seconds=5), step=dispatcher.settle),
    )


__all__ = ["Dispatcher", "Gateways", "OutgoingEmail", "jobs"]
