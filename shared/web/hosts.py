"""Which hosts we answer to, where a request came from, and the addresses that we hand out."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import request, url_for

from shared.web.context import web

_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_FORWARDING = (
    "Forwarded",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
    "CF-Connecting-IP",
    "True-Client-IP",
)


def host_is_ours() -> bool:
    """Whether the request names the host of the public address, or this machine if embedded."""
    settings = web().settings
    asked = request.host.lower()
    ours = urlsplit(settings.public_base_url).netloc.rpartition("@")[2].lower()
    if asked == ours or asked == _with_default_port(settings.public_base_url):
        return True
    return settings.env == "embedded" and _without_port(asked) in _LOOPBACK_NAMES


def from_loopback() -> bool:
    """Whether the peer is this machine and no proxy stands between."""
    if any(name in request.headers for name in _FORWARDING):
        return False
    before = request.environ.get("werkzeug.proxy_fix.orig") or request.environ
    return _is_loopback(before.get("REMOTE_ADDR"))


def on_own_machine() -> bool:
    """Whether both the peer and the public address are this machine: one person trying Grip."""
    host = urlsplit(web().settings.public_base_url).hostname or ""
    return (host == "localhost" or _is_loopback(host)) and from_loopback()


def client_address() -> str:
    """The network address that limits count by; through proxies only as configured."""
    return request.remote_addr or "unknown"


def public_url(endpoint: str, **values: Any) -> str:
    """The full address of a view, from the public address and never from the request's Host."""
    return absolute(url_for(endpoint, _external=False, **values))


def absolute(path: str) -> str:
    """The full address of a path that begins with a slash."""
    return web().settings.public_base_url.rstrip("/") + path


def _with_default_port(base_url: str) -> str:
    parts = urlsplit(base_url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"{parts.hostname}:{port}"


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def _is_loopback(address: str | None) -> bool:
    try:
        return ip_address(address or "").is_loopback
    except ValueError:
        return False
