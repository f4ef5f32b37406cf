"""Gets one document from an address that a stranger may have chosen, without harm.

A host's addresses are looked up once, each is checked, and the connection goes to one that was
checked: a name that answers otherwise a moment later changes nothing. Every redirect starts over.
Nothing is sent along but the request: no cookie, no credential, no referrer.
"""

import socket
import ssl
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from services.booking.adapters.addresses import is_public
from services.booking.ports import CalendarUnreadable

MOST_BYTES: Final = 5 * 1024 * 1024
"""Of the document, also once unpacked."""
MOST_REDIRECTS: Final = 3
CONNECT_S: Final = 5.0
READ_S: Final = 10.0
"""The longest silence; how long all of it may take is for the caller to limit."""

_CHUNK = 64 * 1024
_MOVED = (301, 302, 303, 307, 308)
_REFUSED = {
    401: "It asks for a password. Use the calendar's secret address.",
    403: "It is not open to us. Use the calendar's secret address.",
    404: "There is nothing at this address any more.",
    410: "There is nothing at this address any more.",
    429: "It was asked too often and wants us to wait.",
}
_AWAY = "It can't be reached."
_LARGE = "It is larger than 5 MB."
_NO_ADDRESS = "Its address can't be understood."
_PRIVATE = "Its address is within a private network."

MayAsk = Callable[[str], bool]
Resolve = Callable[[str, int], list[str]]
"""From a host and a port to its addresses. Raises `OSError` when there are none."""


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a request goes."""

    tls: bool
    host: str
    port: int
    path: str


def resolve(host: str, port: int) -> list[str]:
    """The addresses of this host, as the machine finds them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def anywhere(_address: str) -> bool:
    """Every address may be asked, those of private networks too."""
    return True


def fetch(url: str, *, may_ask: MayAsk = is_public, resolve: Resolve = resolve) -> bytes:
    """The document at this http or https address, from a network address that `may_ask` lets pass.

    Raises `CalendarUnreadable` for all that may go wrong.
    """
    for _ in range(MOST_REDIRECTS + 1):
        target = _target(url)
        answer = _ask(target, _checked(target, may_ask=may_ask, resolve=resolve))
        if isinstance(answer, bytes):
            return answer
        url = _next(url, answer)
    raise CalendarUnreadable("It leads on from one address to the next too often.")


def _target(url: str) -> _Target:
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        raise CalendarUnreadable(_NO_ADDRESS) from None
    if parts.scheme not in ("http", "https") or not host or port == 0:
        raise CalendarUnreadable("Its address does not begin with http:// or https://.")
    if "@" in parts.netloc:
        raise CalendarUnreadable("Its address holds a password, which we do not send.")
    path = quote(parts.path or "/", safe="/%:=&+,;@!$'()*~-._")
    query = "?" + quote(parts.query, safe="/%:=&+,;@!$'()*~-._?") if parts.query else ""
    tls = parts.scheme == "https"
    return _Target(tls, host, port or (443 if tls else 80), path + query)


def _next(url: str, location: str) -> str:
    try:
        found = urljoin(url, location)
    except ValueError:
        raise CalendarUnreadable(_NO_ADDRESS) from None
    if url.startswith("https:") and not found.startswith("https:"):
        raise CalendarUnreadable("It leads on to an address without https.")
    return found


def _checked(target: _Target, *, may_ask: MayAsk, resolve: Resolve) -> list[str]:
    """The host's addresses, when we may ask every one of them."""
    try:
        found = resolve(target.host, target.port)
        open_ones = [may_ask(address) for address in found]
    except (OSError, ValueError, UnicodeError):
        raise CalendarUnreadable("Its host is not known.") from None
    if not found or not all(open_ones):
        raise CalendarUnreadable(_PRIVATE)
    return found


def _ask(target: _Target, addresses: list[str]) -> bytes | str:
    """The document, or the address that it has moved to."""
    try:
        with closing(_Pinned(target, addresses)) as connection:
            headers = {
                "Accept": "text/calendar",
                "Accept-Encoding": "gzip",
                "User-Agent": "Grip (calendar)",
                "Connection": "close",
            }
            connection.request("GET", target.path, headers=headers)
            return _answer(connection.getresponse())
    except ssl.SSLCertVerificationError:
        raise CalendarUnreadable("Its certificate is not valid.") from None
    except TimeoutError:
        raise CalendarUnreadable("It takes too long to answer.") from None
    except (OSError, HTTPException, zlib.error):
        raise CalendarUnreadable(_AWAY) from None


def _answer(response: HTTPResponse) -> bytes | str:
    if response.status in _MOVED and (location := response.getheader("Location")):
        return location
    if response.status != 200:
        other = f"It answers with an error ({response.status})."
        raise CalendarUnreadable(_REFUSED.get(response.status, other))
    return _body(response)


def _body(response: HTTPResponse) -> bytes:
    """All of it, unpacked. Raises `CalendarUnreadable` beyond the limit or when it breaks off."""
    packed = response.getheader("Content-Encoding", "identity").strip().lower()
    if packed not in ("identity", "", "gzip", "x-gzip", "deflate"):
        raise CalendarUnreadable("It is packed in a way we can't read.")
    unpack = None if packed in ("identity", "") else zlib.decompressobj(wbits=47)
    whole, read = bytearray(), 0
    while chunk := response.read(_CHUNK):
        read += len(chunk)
        whole += chunk if unpack is None else unpack.decompress(chunk, MOST_BYTES + 1 - len(whole))
        if max(read, len(whole)) > MOST_BYTES:
            raise CalendarUnreadable(_LARGE)
    if response.length or (unpack is not None and not unpack.eof):
        raise CalendarUnreadable("It breaks off in the middle.")
    return bytes(whole)


class _Pinned(HTTPConnection):
    """A connection to addresses that were checked, whatever the host's name means by now."""

    def __init__(self, target: _Target, addresses: list[str]) -> None:
        super().__init__(target.host, target.port, timeout=CONNECT_S)
        self._target = target
        self._addresses = addresses
        # Only what is not the scheme's own port is named beside the host.
        self.default_port = 443 if target.tls else 80

    def connect(self) -> None:
        """Take the first address that answers."""
        plain = self._reach()
        try:
            if self._target.tls:
                context = ssl.create_default_context()
                plain = context.wrap_socket(plain, server_hostname=self._target.host)
            plain.settimeout(READ_S)
        except BaseException:
            plain.close()
            raise
        self.sock = plain

    def _reach(self) -> socket.socket:
        trouble: OSError = OSError("no address")
        for address in self._addresses[:3]:
            try:
                return socket.create_connection((address, self._target.port), timeout=CONNECT_S)
            except OSError as error:
                trouble = error
        raise trouble
