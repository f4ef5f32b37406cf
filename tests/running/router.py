"""Stands in for the proxy: one origin that sends each prefix to its service, unchanged.

Its rules are those of deploy/Caddyfile, which tests/unit/tooling/test_compose.py reads.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer"}


def service_of(path: str) -> str:
    """The service that answers a path."""
    first = path.split("?", maxsplit=1)[0].split("/")[1]
    return {"cohort": "cohort", "notify": "notify", "r": "notify"}.get(first, "booking")


class Router:
    """Serves `port`; `ports` names the service ports, several of one being taken in turn."""

    def __init__(self, port: int, ports: Mapping[str, list[int]]) -> None:
        self._ports = ports
        self._turn = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def target(self, path: str) -> int:
        """The port for a path."""
        first = path.split("?", maxsplit=1)[0].split("/")[1]
        service = {"cohort": "cohort", "notify": "notify", "r": "notify"}.get(first, "booking")
        self._turn += 1
        choices = self._ports[service]
        return choices[self._turn % len(choices)]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        router = self

        class Forward(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def forward(self) -> None:
                if self.path == "/":
                    self.send_response_only(302)
                    self.send_header("Location", "/booking/")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                port = router.target(self.path)
                there = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP}
                there.request(self.command, self.path, body=body or None, headers=headers)
                answer = there.getresponse()
                data = answer.read()
                self.send_response_only(answer.status, answer.reason)
                for name, value in answer.getheaders():
                    if name.lower() not in HOP | {"content-length"}:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(data)
                there.close()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        for method in ("GET", "HEAD", "POST"):
            setattr(Forward, f"do_{method}", Forward.forward)
        return Forward
