"""What guards every request and goes with every answer: hosts, sizes, form tokens, headers."""

import re
from io import BytesIO

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from shared.web.auth import access, gate, is_api
from shared.web.context import web
from shared.web.errors import Refused
from shared.web.hosts import host_is_ours

MAX_BODY = 64 * 1024
_PROBES = ("healthz", "readyz", "metrics")
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_YEAR_S = 365 * 24 * 3600
_ANCESTORS = "frame-ancestors 'none'"

HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'self'; base-uri 'none'; form-action 'self'; {_ANCESTORS}; object-src 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), browsing-topics=(), camera=(), geolocation=(), gyroscope=(), "
        "microphone=(), payment=(), usb=()"
    ),
}


class BadHost(Refused):
    """The request names a host that is not ours."""

    slug = "bad-host"


class ControlCharacters(Refused):
    """A path, query or form holds a character that no text has, such as NUL."""

    slug = "control-characters"


def install(app: Flask) -> None:
    """Set the app's limits and cookies, and put the guards before every view."""
    context = app.extensions["grip"]
    https = context.settings.public_base_url.startswith("https://")
    app.config.update(
        SECRET_KEY=context.settings.secret_for(f"web-session-{context.name}"),
        SESSION_COOKIE_NAME=f"grip_{context.name}",
        SESSION_COOKIE_PATH=f"/{context.name}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        WTF_CSRF_CHECK_DEFAULT=False,  # `guard` checks, after it knows whose view it is
        WTF_CSRF_TIME_LIMIT=None,  # a form may stay open as long as its browser
        WTF_CSRF_SSL_STRICT=False,  # wants a referrer, which our policy withholds
    )
    csrf = CSRFProtect(app)
    proxies = context.settings.trusted_proxies
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0)  # type: ignore[method-assign]

    def guard() -> ResponseReturnValue | None:
        _check_request()
        answer = gate()
        if answer is None:
            _check_form(csrf)
        return answer

    app.before_request(guard)
    app.after_request(lambda response: _harden(response, https=https))


def _point_within(response: Response) -> None:
    """Let a redirect to this host name only the path: behind a proxy the rest may be wrong."""
    here = request.host_url.rstrip("/")
    target = response.headers.get("Location", "")
    if target.startswith(here + "/"):
        response.headers["Location"] = target.removeprefix(here)


def no_store(response: Response) -> Response:
    """Keep this response out of every cache and every search engine."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def check_text(values: dict[str, str]) -> None:
    """Raise `ControlCharacters` that names each value with a character no text has."""
    wrong = {
        name.encode("ascii", "replace").decode(): "This has a character that can't be typed."
        for name, value in values.items()
        if not is_text(value) or not is_text(name)
    }
    if wrong:
        raise ControlCharacters(
            "There is a character in it that no keyboard has; it may have been pasted.",
            fields=wrong,
        )


def is_text(value: str) -> bool:
    """Whether `value` holds only what text is made of: no NUL, no lone surrogate."""
    return _NO_TEXT.search(value) is None


def _check_request() -> None:
    probe = request.path.removeprefix(f"/{web().name}/")
    if probe not in _PROBES and not host_is_ours():
        raise BadHost
    _check_size()
    check_text({"path": request.path, **request.args.to_dict()})
    if request.method != "GET" and not request.is_json:
        for name, values in request.form.lists():
            check_text({name: "".join(values)})


def _check_size() -> None:
    """Raise 413 above the limit; a body sent in chunks is read here, as Werkzeug would cut it."""
    environ = request.environ
    if environ.get("HTTP_TRANSFER_ENCODING") and environ.get("wsgi.input_terminated"):
        body = environ["wsgi.input"].read(MAX_BODY + 1)
        environ["wsgi.input"] = BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        del environ["HTTP_TRANSFER_ENCODING"]
    if (request.content_length or 0) > MAX_BODY:
        raise RequestEntityTooLarge


def _check_form(csrf: CSRFProtect) -> None:
    mark = access()
    if mark is None or not mark.csrf or is_api():
        return
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise CSRFError("sent from another site")
    csrf.protect()


def _framed_by(origins: tuple[str, ...]) -> dict[str, str]:
    """The headers of a page that these sites, and no others, may show within theirs."""
    policy = HEADERS["Content-Security-Policy"]
    return {
        **{name: value for name, value in HEADERS.items() if name != "X-Frame-Options"},
        "Content-Security-Policy": policy.replace(
            _ANCESTORS, f"frame-ancestors {' '.join(origins)}"
        ),
    }


def _headers() -> dict[str, str]:
    mark, origins = access(), web().settings.embed_origins
    return _framed_by(origins) if mark is not None and mark.framed and origins else HEADERS


def _harden(response: Response, *, https: bool) -> Response:
    for name, value in _headers().items():
        response.headers.setdefault(name, value)
    if https:
        response.headers["Strict-Transport-Security"] = f"max-age={_YEAR_S}"
    _point_within(response)
    mark = access()
    if mark is not None and mark.personal:
        return no_store(response)
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
