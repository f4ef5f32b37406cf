"""Texts through Twilio's Messages API (2010-04-01). twilio is imported when first used."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from services.notify.domain.outcomes import Answer, Outcome, outcome_of
from services.notify.ports import OutgoingText

CALLBACK_PATH = "/notify/twilio/status"


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """Credentials and sender. Exactly one of `messaging_service_sid` and `sender` is used."""

    sid: str
    token: str
    messaging_service_sid: str
    sender: str
    timeout_s: float
    api_url: str = ""
    """Another address of the API; empty means Twilio's own."""
    callback_base: str = ""
    """Our public address, for receipts; empty asks for none."""


@dataclass(frozen=True)
class TwilioTexts:
    """A text gateway. One POST a call, never repeated by itself."""

    account: TwilioAccount
    repeatable: bool = False

    def send(self, text: OutgoingText, now: datetime) -> Answer:
        """Create the message; every failure is an answer (domain/outcomes.py)."""
        del now
        from requests.exceptions import RequestException
        from twilio.base.exceptions import TwilioException

        try:
            created = self._client.messages.create(**self._parameters(text))
        except RequestException as error:
            return _network_answer(error)
        except TwilioException as error:
            return _refusal_answer(error)
        except ValueError:  # a 2xx whose body cannot be read: it was very likely accepted
            return Answer(Outcome.AMBIGUOUS, detail="unreadable-answer")
        return Answer(Outcome.ACCEPTED, sid=created.sid)

    def _parameters(self, text: OutgoingText) -> dict[str, Any]:
        parameters: dict[str, Any] = {
            "to": text.to,
            "body": text.body,
            "validity_period": int(text.validity.total_seconds()),
        }
        if self.account.messaging_service_sid:
            parameters["messaging_service_sid"] = self.account.messaging_service_sid
        else:
            parameters["from_"] = self.account.sender
        if self.account.callback_base:
            query = urlencode({"message": text.message_id, "attempt": text.attempt})
            parameters["status_callback"] = f"{self.account.callback_base}{CALLBACK_PATH}?{query}"
        return parameters

    @cached_property
    def _client(self) -> Any:
        from twilio.http.http_client import TwilioHttpClient
        from twilio.rest import Client

        silent = logging.getLogger("grip.notify.twilio")  # the library's lines quote numbers
        silent.setLevel(logging.CRITICAL)
        client = Client(
            self.account.sid,
            self.account.token,
            http_client=TwilioHttpClient(timeout=self.account.timeout_s, logger=silent),
            environment={"TWILIO_EDGE": ""},  # settings come from us alone
        )
        if self.account.api_url:
            client.api.base_url = self.account.api_url.rstrip("/")
        return client


def _refusal_answer(error: Exception) -> Answer:
    status, code = getattr(error, "status", None), getattr(error, "code", None)
    if status is None:  # the library itself refused, for want of credentials
        return Answer(Outcome.CONFIGURATION, detail=type(error).__name__)
    known = code if code != status else None
    return Answer(outcome_of(code, status), code=known, detail=f"http-{status}")


def _network_answer(error: Exception) -> Answer:
    """Retry only what provably never reached Twilio: no connection, or no trust in it."""
    from ssl import SSLCertVerificationError

    from requests.exceptions import ConnectTimeout
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    never_connected = (
        ConnectTimeout,
        ConnectTimeoutError,
        NewConnectionError,
        SSLCertVerificationError,
    )
    if any(isinstance(cause, never_connected) for cause in _causes(error)):
        return Answer(Outcome.RETRY, detail="no-connection")
    return Answer(Outcome.AMBIGUOUS, detail=type(error).__name__)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and everything it was made from; urllib3 keeps its own in `reason` and args."""
    waiting, seen = [error], set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        linked = [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]
        waiting += [one for one in linked if isinstance(one, BaseException)]
