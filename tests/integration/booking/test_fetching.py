"""Getting a document from an address that a stranger chose, from a real server."""

import gzip
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from zoneinfo import ZoneInfo

import pytest

from services.booking.adapters import fetch as fetching
from services.booking.adapters.addresses import is_public
from services.booking.adapters.fetch import anywhere, fetch
from services.booking.adapters.web_calendars import WebCalendars
from services.booking.domain.intervals import Span, minute_of
from services.booking.ports import CalendarRequest, CalendarUnreadable
from tests.integration.booking.elsewhere import Elsewhere, ics, open_elsewhere

JAN_6 = datetime(2027, 1, 6, 15, tzinfo=UTC)


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with open_elsewhere() as made:
        yield made


def refusal(url: str, may_ask=anywhere, **more) -> str:
    with pytest.raises(CalendarUnreadable) as refused:
        fetch(url, may_ask=may_ask, **more)
    assert url not in str(refused.value)
    assert "127.0.0.1" not in str(refused.value)
    return str(refused.value)


def test_a_document_is_got_and_nothing_is_sent_along(elsewhere: Elsewhere) -> None:
    assert fetch(elsewhere.gives(b"hello"), may_ask=anywhere) == b"hello"
    path, headers = elsewhere.asked[0]
    assert path == "/calendar.ics"
    assert set(headers) == {"Host", "Accept", "Accept-Encoding", "User-Agent", "Connection"}


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "0", "[::1]",
             "[::ffff:127.0.0.1]"]
)  # fmt: skip
def test_this_machine_is_not_asked_however_it_is_written(elsewhere: Elsewhere, host: str) -> None:
    elsewhere.gives(b"secret")
    said = refusal(f"http://{host}:{elsewhere.port}/calendar.ics", may_ask=is_public)
    assert said in ("Its address is within a private network.", "Its host is not known.")
    assert elsewhere.asked == []


def test_one_closed_address_among_open_ones_is_enough_to_refuse(elsewhere: Elsewhere) -> None:
    def both(_host: str, _port: int) -> list[str]:
        return ["93.184.216.34", "10.0.0.1"]

    assert "private network" in refusal("http://calendar.example/", may_ask=is_public, resolve=both)


def test_the_address_that_was_checked_is_the_one_connected_to(elsewhere: Elsewhere) -> None:
    """A name that means another address a moment later changes nothing."""
    asked = []

    def once(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["127.0.0.1"]

    elsewhere.gives(b"hello")
    url = f"http://calendar.example:{elsewhere.port}/calendar.ics"
    assert fetch(url, may_ask=anywhere, resolve=once) == b"hello"
    assert asked == [("calendar.example", elsewhere.port)]
    assert elsewhere.asked[0][1]["Host"] == f"calendar.example:{elsewhere.port}"


def test_three_redirects_are_followed_and_no_more(elsewhere: Elsewhere) -> None:
    elsewhere.gives(b"there")
    elsewhere.sends(301, "/3", to="/calendar.ics")
    elsewhere.sends(302, "/2", to="3")
    elsewhere.sends(307, "/1", to=elsewhere.url("/2"))
    first = elsewhere.sends(308, "/0", to="/1")
    assert fetch(elsewhere.url("/1"), may_ask=anywhere) == b"there"
    assert refusal(first) == "It leads on from one address to the next too often."


@pytest.mark.parametrize(
    ("to", "says"),
    [
        ("file:///etc/passwd", "does not begin with http"),
        ("ftp://example.org/", "does not begin with http"),
        ("http://user:word@example.org/", "holds a password"),
        ("http://[broken", "can't be understood"),
    ],
)
def test_a_redirect_is_judged_like_an_address(elsewhere: Elsewhere, to: str, says: str) -> None:
    assert says in refusal(elsewhere.sends(302, to=to))


def test_a_redirect_to_a_closed_address_is_refused(elsewhere: Elsewhere) -> None:
    """The first host is open, as far as the resolver says; where it leads to is not."""
    inner = elsewhere.gives(b"secret", "/inner")
    outer = elsewhere.sends(302, to=inner).replace("127.0.0.1", "open.example")
    checked = []

    def lies_once(host: str, _port: int) -> list[str]:
        checked.append(host)
        return ["127.0.0.1"] if host == "open.example" else ["169.254.169.254"]

    def may_ask(address: str) -> bool:
        return address == "127.0.0.1"

    assert "private network" in refusal(outer, may_ask=may_ask, resolve=lies_once)
    assert checked == ["open.example", "127.0.0.1"]
    assert [path for path, _ in elsewhere.asked] == ["/calendar.ics"]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ftp://example.org/c.ics", "does not begin with http"),
        ("file:///etc/passwd", "does not begin with http"),
        ("http:///c.ics", "does not begin with http"),
        ("http://user:word@example.org/", "holds a password"),
        ("http://example.org:99999/", "can't be understood"),
        ("http://" + "a" * 300 + ".example/", "can't be understood"),
        ("http://no-such-host.invalid/", "host is not known"),
    ],
)
def test_what_is_no_web_address_is_refused(url: str, says: str) -> None:
    def nowhere(_host: str, _port: int) -> list[str]:
        raise socket.gaierror

    assert says in refusal(url, resolve=nowhere)


@pytest.mark.parametrize(
    ("status", "says"),
    [(401, "password"), (403, "not open to us"), (404, "nothing at this address"),
     (500, "an error (500)"), (204, "an error (204)")],
)  # fmt: skip
def test_an_error_of_the_server_is_said(elsewhere: Elsewhere, status: int, says: str) -> None:
    assert says in refusal(elsewhere.sends(status))


def test_nobody_at_home_is_said(elsewhere: Elsewhere) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        assert refusal(url) == "It can't be reached."


def test_five_megabytes_are_enough(elsewhere: Elsewhere) -> None:
    most = fetching.MOST_BYTES
    assert len(fetch(elsewhere.gives(b"x" * most), may_ask=anywhere)) == most
    assert refusal(elsewhere.gives(b"x" * (most + 1))) == "It is larger than 5 MB."


def test_they_are_counted_unpacked_too(elsewhere: Elsewhere) -> None:
    packed = gzip.compress(b"hello")
    assert fetch(elsewhere.gives(packed, Content_Encoding="gzip"), may_ask=anywhere) == b"hello"
    bomb = gzip.compress(b"\0" * (200 * 1024 * 1024))
    assert refusal(elsewhere.gives(bomb, Content_Encoding="gzip")) == "It is larger than 5 MB."


def test_what_breaks_off_or_is_packed_strangely_is_refused(elsewhere: Elsewhere) -> None:
    packed = gzip.compress(b"hello" * 100)
    short = elsewhere.gives(packed[:-9], Content_Encoding="gzip")
    assert refusal(short) == "It breaks off in the middle."
    assert "packed" in refusal(elsewhere.gives(b"hello", Content_Encoding="br"))
    assert refusal(elsewhere.gives(b"plain", Content_Encoding="gzip")) == "It can't be reached."

    def hangs_up(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100")
        request.end_headers()
        request.wfile.write(b"half")

    elsewhere.answers["/half"] = hangs_up
    assert refusal(elsewhere.url("/half")) == "It breaks off in the middle."


def wanted(url: str) -> CalendarRequest:
    start = datetime(2027, 1, 4, tzinfo=UTC)
    return CalendarRequest(url, ZoneInfo("America/New_York"), start, start.replace(month=3))


def calendars(limit_s: float = 20.0, stopping=lambda: False) -> WebCalendars:
    return WebCalendars(private=True, stopping=stopping, limit_s=limit_s)


def test_a_calendar_is_read_in_a_process_of_its_own(elsewhere: Elsewhere) -> None:
    url = elsewhere.gives(ics("20270106T150000Z/PT1H"))
    start = minute_of(JAN_6)
    assert calendars().busy(wanted(url)) == [Span(start, start + 60)]


def test_a_private_address_is_refused_there_too(elsewhere: Elsewhere) -> None:
    guarded = WebCalendars(private=False, stopping=lambda: False)
    with pytest.raises(CalendarUnreadable, match="private network"):
        guarded.busy(wanted(elsewhere.gives(ics())))
    assert elsewhere.asked == []


def test_a_calendar_without_end_is_stopped(elsewhere: Elsewhere) -> None:
    endless = ics("DTSTART:00010101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY")
    with pytest.raises(CalendarUnreadable, match="too long"):
        calendars(limit_s=3).busy(wanted(elsewhere.gives(endless)))


def test_an_answer_that_drips_is_stopped(elsewhere: Elsewhere) -> None:
    """One byte at a time never runs into the limit on silence, only into that on the whole."""
    import threading

    done = threading.Event()

    def drips(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            while not done.wait(0.1):
                request.wfile.write(b"B")
        except OSError:
            pass

    elsewhere.answers["/calendar.ics"] = drips
    try:
        with pytest.raises(CalendarUnreadable, match="too long"):
            calendars(limit_s=2).busy(wanted(elsewhere.url()))
    finally:
        done.set()


def test_a_process_that_is_about_to_end_waits_for_no_calendar(elsewhere: Elsewhere) -> None:
    with pytest.raises(CalendarUnreadable, match="interrupted"):
        calendars(stopping=lambda: True).busy(wanted(elsewhere.gives(ics())))
