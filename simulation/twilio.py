"""A stand-in for Twilio's Messages API: real HTTP, remembers what it accepted, misbehaves
on request, and sends signed status callbacks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode
from urllib.request import Request, urlopen

ACCOUNT = "AC" + "0" * 32
TOKEN = "stand-in-token"  # noqa: S105 - of a server that exists in tests only
# Parameters of the published contract that a text may have.
_KNOWN = frozenset(
    {
        "To", "From", "MessagingServiceSid", "Body", "StatusCallback", "ValidityPeriod",
        "ApplicationSid", "MaxPrice", "ProvideFeedback", "Attempt", "ForceDelivery",
        "ContentRetention", "AddressRetention", "SmartEncoded", "PersistentAction", "TrafficType",
        "ShortenUrls", "ScheduleType", "SendAt", "SendAsMms", "ContentVariables", "RiskCheck",
        "FallbackFrom", "MediaUrl", "ContentSid",
    }
)  # fmt: skip


class Mood(StrEnum):
    """How the next request is treated instead of being answered."""

    SILENT_BEFORE = "silent_before"
    """Not accepted, and no answer comes."""
    SILENT_AFTER = "silent_after"
    """Accepted, and no answer comes."""
    TOO_MANY = "too_many"
    """429, error 20429."""
    BROKEN = "broken"
    """500, not accepted."""
    BROKEN_AFTER = "broken_after"
    """500, although it was accepted."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error of Twilio's with its code."""

    code: int
    status: int = 400


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that the stand-in has taken on."""

    sid: str
    parameters: Mapping[str, str]

    @property
    def to(self) -> str:
        """The number it goes to."""
        return self.parameters["To"]


@dataclass
class TwilioStandIn:
    """One running stand-in. `plan` holds how the next requests are treated, in order."""

    hold_s: float = 5.0
    """How long a silent request stays open: longer than the client's time-out."""
    token: str = TOKEN
    accepted: list[Accepted] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    plan: deque[Mood | Refusal] = field(default_factory=deque)
    url: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closing: threading.Event = field(default_factory=threading.Event)

    def post(self, account: str, parameters: dict[str, str]) -> tuple[int, dict[str, Any]] | None:
        """Treat one request; the status and body to answer, or None for silence."""
        with self._lock:
            mood = self.plan.popleft() if self.plan else None
            if mood is Mood.SILENT_BEFORE:
                return None
            refusal = _planned_refusal(mood) or _wrong(account, parameters)
            if refusal is not None:
                self.refused.append(refusal[1]["message"])
                return refusal
            taken = Accepted(f"SM{len(self.accepted) + 1:032x}", parameters)
            self.accepted.append(taken)
        if mood is Mood.SILENT_AFTER:
            return None
        if mood is Mood.BROKEN_AFTER:
            return _error(500, 20500, "Internal Server Error")
        return 201, _resource(taken)

    def wait(self) -> None:
        """Stay silent for `hold_s`, or until the stand-in closes."""
        self._closing.wait(self.hold_s)

    def close(self) -> None:
        """Let silent requests go."""
        self._closing.set()

    def call_back(self, taken: Accepted, status: str, **more: str) -> int:
        """Send a signed status callback for an accepted message; the answer's status."""
        parameters = {
            "AccountSid": ACCOUNT,
            "ApiVersion": "2010-04-01",
            "MessageSid": taken.sid,
            "MessageStatus": status,
            "SmsSid": taken.sid,
            "SmsStatus": status,
            "To": taken.to,
            "From": taken.parameters.get("From", ""),
            **more,
        }
        url = taken.parameters["StatusCallback"]
        return _post(url, parameters, sign(self.token, url, parameters))


def sign(token: str, url: str, parameters: Mapping[str, str]) -> str:
    """Twilio's signature of a callback: HMAC-SHA1 over the address and the sorted parameters."""
    words = url + "".join(name + parameters[name] for name in sorted(parameters))
    mac = hmac.new(token.encode(), words.encode(), hashlib.sha1)
    return base64.b64encode(mac.digest()).decode()


@contextmanager
def running(*, hold_s: float = 5.0, port: int = 0) -> Iterator[TwilioStandIn]:
    """A stand-in that listens on this machine; its `url` is for GRIP_TWILIO_API_URL."""
    stand_in = TwilioStandIn(hold_s=hold_s)
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(stand_in))
    server.daemon_threads = True
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        stand_in.close()
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def _handler(stand_in: TwilioStandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            pairs = parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True)
            parts = self.path.split("/")
            if len(parts) != 5 or parts[1:3] != ["2010-04-01", "Accounts"]:
                self._answer(*_error(404, 20404, "not found"))
                return
            if not _may(self.headers.get("Authorization", ""), parts[3], stand_in.token):
                self._answer(*_error(401, 20003, "Authenticate"))
                return
            answer = stand_in.post(parts[3], dict(pairs))
            if answer is None:
                stand_in.wait()
                self.close_connection = True
                return
            self._answer(*answer)

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
            """Say nothing."""

    return Handler


def _may(header: str, account: str, token: str) -> bool:
    wanted = base64.b64encode(f"{account}:{token}".encode()).decode()
    return hmac.compare_digest(header, f"Basic {wanted}")


def _planned_refusal(mood: Mood | Refusal | None) -> tuple[int, dict[str, Any]] | None:
    if mood is Mood.TOO_MANY:
        return _error(429, 20429, "Too Many Requests")
    if mood is Mood.BROKEN:
        return _error(500, 20500, "Internal Server Error")
    if isinstance(mood, Refusal):
        return _error(mood.status, mood.code, "refused by plan")
    return None


def _wrong(account: str, parameters: Mapping[str, str]) -> tuple[int, dict[str, Any]] | None:
    """What the published contract and Twilio's error list have against this request."""
    unknown = sorted(set(parameters) - _KNOWN)
    sender = parameters.get("From") or parameters.get("MessagingServiceSid")
    validity = parameters.get("ValidityPeriod", "1")
    checks = (
        (bool(unknown), 20001, f"unknown parameters {unknown}"),
        (not account.startswith("AC") or len(account) != 34, 20404, "no such account"),
        (not parameters.get("To", "").startswith("+"), 21211, "invalid To"),
        (not sender, 21603, "a From or MessagingServiceSid is required"),
        (not parameters.get("Body"), 21602, "a Body is required"),
        (not validity.isdigit() or not 1 <= int(validity) <= 36_000, 21624, "ValidityPeriod"),
    )
    return next((_error(400, code, message) for bad, code, message in checks if bad), None)


def _error(status: int, code: int, message: str) -> tuple[int, dict[str, Any]]:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return status, {"code": code, "message": message, "more_info": more, "status": status}


def _resource(taken: Accepted) -> dict[str, Any]:
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{taken.sid}"
    return {
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "body": taken.parameters["Body"],
        "date_created": "Thu, 14 Jan 2027 19:40:00 +0000",
        "date_sent": None,
        "date_updated": "Thu, 14 Jan 2027 19:40:00 +0000",
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": taken.parameters.get("From"),
        "messaging_service_sid": taken.parameters.get("MessagingServiceSid"),
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": None,
        "sid": taken.sid,
        "status": "queued",
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": taken.to,
        "uri": f"{path}.json",
    }


def _post(url: str, parameters: Mapping[str, str], signature: str) -> int:
    request = Request(  # noqa: S310 - the address that our own message asked for
        url,
        data=urlencode(parameters).encode(),
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": signature,
        },
    )
    with urlopen(request, timeout=10) as answer:  # noqa: S310
        return int(answer.status)
