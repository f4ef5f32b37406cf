"""HTTP in one process: which service answers a path, and how a stop lets requests finish."""

from __future__ import annotations

import contextlib
import errno
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from shared.cli import Fault

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

THREADS = 16


class OneOrigin:
    """Hands each path to the service it belongs to, as Caddy does when distributed."""

    def __init__(self, apps: Mapping[str, WSGIApplication]) -> None:
        self._apps = apps

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        first = environ.get("PATH_INFO", "").lstrip("/").partition("/")[0]
        if first == "" and environ.get("REQUEST_METHOD") in ("GET", "HEAD"):
            start("302 Found", [("Location", "/booking/"), ("Content-Length", "0")])
            return [b""]
        return self._apps[OWNERS.get(first, "booking")](environ, start)


OWNERS = {"booking": "booking", "cohort": "cohort", "notify": "notify", "r": "notify"}
"""The first part of a path and the service that answers it; booking answers what is left."""


class InFlight:
    """Counts the requests that are being answered, so that a stop can wait for them."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._count = 0
        self._idle = threading.Condition()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        with self._idle:
            self._count += 1
        try:
            body = self._app(environ, start)
            try:
                return [b"".join(body)]  # pages are small; a body handed over is a request done
            finally:
                if hasattr(body, "close"):
                    body.close()
        finally:
            with self._idle:
                self._count -= 1
                self._idle.notify_all()

    def wait_until_idle(self, within_s: float) -> bool:
        """Whether no request was left within that time."""
        with self._idle:
            return self._idle.wait_for(lambda: self._count == 0, within_s)


class WebServer:
    """Waitress in a thread of its own."""

    def __init__(self, app: WSGIApplication, *, host: str, port: int) -> None:
        from waitress.server import create_server

        self._app = InFlight(app)
        address = address_of(host)  # one address, so one socket
        try:
            self._server: Any = create_server(
                self._app,
                host=address,
                port=port,
                threads=THREADS,
                ident="",
                channel_timeout=30,
                connection_limit=1000,  # so many wait their turn
                # The app itself decides by these whether a proxy stands before it.
                clear_untrusted_proxy_headers=False,
            )
        except OSError as error:
            other = "another --host" if error.errno == errno.EADDRNOTAVAIL else "--port"
            raise Fault(
                f"port {port} on {host} can't be used ({error.strerror}): try {other}"
            ) from None
        self.port: int = int(self._server.effective_port)
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self, within_s: float = 8.0) -> None:
        """Take no new connection, let the requests in flight finish, then end."""
        until = time.monotonic() + within_s
        self._server.trigger.pull_trigger(self._stop_listening)
        self._app.wait_until_idle(max(0.1, until - time.monotonic()))
        self._flush(until)
        self._server.task_dispatcher.shutdown(cancel_pending=True, timeout=1)

    def _run(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._server.run()

    def _stop_listening(self) -> None:
        """Called in the server's own thread."""
        self._server.accepting = False
        self._server.del_channel()
        with contextlib.suppress(OSError):
            self._server.socket.shutdown(socket.SHUT_RDWR)
        self._server.socket.close()

    def _flush(self, until: float) -> None:
        """Wait until every answer has left its buffer."""
        while time.monotonic() < until and any(
            channel.total_outbufs_len or channel.requests
            for channel in list(self._server.active_channels.values())
        ):
            time.sleep(0.02)


def address_of(host: str) -> str:
    """The IPv4 address of `host`. Raises `Fault` for one that nobody knows."""
    try:
        return socket.gethostbyname(host)
    except (OSError, UnicodeError):
        raise Fault(
            f"--host {host} is unknown: give an IPv4 address of this machine, or a name for one"
        ) from None


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches `address`."""
    return ip_address(address).is_loopback


def heed_signals(stopping: threading.Event | None = None) -> threading.Event:
    """From now on SIGTERM and Ctrl-C set the event, instead of ending the process at once."""
    import signal

    stopping = stopping or threading.Event()

    def on_signal(_number: int, _frame: object) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    return stopping


def wait_for_stop(stopping: threading.Event, then: Callable[[], None]) -> None:
    """Block until the event of `heed_signals` is set, then call `then`."""
    while not stopping.wait(3600):
        pass
    then()
