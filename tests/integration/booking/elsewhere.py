"""A web server of somebody else's, on this machine, that behaves as it is told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]


class Elsewhere:
    """Answers each path as `answers` says; keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.path, dict(self.headers)))
                answer = outer.answers.get(self.path)
                if answer is None:
                    self.send_error(404)
                else:
                    answer(self)

            def log_request(self, *_line: object) -> None:
                pass

            def log_error(self, *_line: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]

    def url(self, path: str = "/calendar.ics") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def gives(self, body: bytes, path: str = "/calendar.ics", **headers: str) -> str:
        """Let the path answer with this body; its address."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            for name, value in headers.items():
                request.send_header(name.replace("_", "-"), value)
            request.send_header("Content-Length", str(len(body)))
            request.end_headers()
            request.wfile.write(body)

        self.answers[path] = answer
        return self.url(path)

    def sends(self, status: int, path: str = "/calendar.ics", to: str = "") -> str:
        """Let the path answer with this status, leading to another address perhaps."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(status)
            if to:
                request.send_header("Location", to)
            request.send_header("Content-Length", "0")
            request.end_headers()

        self.answers[path] = answer
        return self.url(path)


@contextmanager
def open_elsewhere() -> Iterator[Elsewhere]:
    """The server, while the block lasts."""
    made = Elsewhere()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()
        thread.join()


def ics(*events: str) -> bytes:
    """A calendar of these events, each "20270106T150000Z/PT1H" or whole lines of its own."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//elsewhere//EN"]
    for number, each in enumerate(events):
        start, slash, length = each.partition("/")
        own = [f"DTSTART:{start}", f"DURATION:{length}"] if slash else each.splitlines()
        lines += ["BEGIN:VEVENT", f"UID:{number}@elsewhere", *own, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()
