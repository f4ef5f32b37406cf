"""The embedded web server: one origin, and a stop that lets requests finish."""

import http.client
import socket
import threading
from collections.abc import Iterable

import pytest

from services.commands.serving import OneOrigin, WebServer
from shared.cli import Fault


def _named(name: str):
    def app(environ, start) -> Iterable[bytes]:
        start("200 OK", [("Content-Type", "text/plain")])
        return [f"{name} {environ['PATH_INFO']}".encode()]

    return app


def _get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body or str(answer.getheader("Location"))


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/booking/api/v1/slots", "booking /booking/api/v1/slots"),
        ("/cohort/", "cohort /cohort/"),
        ("/notify/outbox", "notify /notify/outbox"),
        ("/r/7Kq2", "notify /r/7Kq2"),
        ("/favicon.ico", "booking /favicon.ico"),
        ("/nothing", "booking /nothing"),
        ("/", "/booking/"),
    ],
)
def test_each_path_is_answered_by_the_service_that_owns_it(path: str, answer: str) -> None:
    apps = {name: _named(name) for name in ("booking", "cohort", "notify")}
    server = WebServer(OneOrigin(apps), host="127.0.0.1", port=0)
    server.start()
    assert _get(server.port, path)[1] == answer
    server.stop()


def test_a_stop_lets_the_request_in_flight_finish_and_takes_no_new_one() -> None:
    entered, leave = threading.Event(), threading.Event()

    def slow(_environ, start) -> Iterable[bytes]:
        entered.set()
        leave.wait(10)
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"x" * 500_000]

    server = WebServer(slow, host="127.0.0.1", port=0)
    server.start()
    answers: list[tuple[int, str]] = []
    asking = threading.Thread(target=lambda: answers.append(_get(server.port, "/slow")))
    asking.start()
    assert entered.wait(5)
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    _until_refused(server.port)
    leave.set()
    stopping.join(10)
    asking.join(10)
    assert not stopping.is_alive()
    assert answers == [(200, "x" * 500_000)]


def _until_refused(port: int) -> None:
    """Until the server takes no more connections; fails after five seconds."""
    for _ in range(100):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=0.5) as probe:
                probe.settimeout(0.05)
                try:
                    if probe.recv(1) == b"":
                        return
                except TimeoutError:
                    continue
        except OSError:
            return
    pytest.fail("the server still takes connections")


def test_a_port_in_use_is_said_plainly() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Fault, match=rf"port {port} .* try --port"):
            WebServer(_named("a"), host="127.0.0.1", port=port)
