"""Errors on their way out: a calm page for people, problem+json (RFC 9457) for programs."""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import structlog
from flask import Flask, Response, current_app, g, json, render_template, request
from flask_wtf.csrf import CSRFError, validate_csrf
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException, SecurityError
from wtforms import ValidationError

from shared.web.context import request_id, web
from shared.web.problems import KINDS, kind_of, slug_for_status

_log = structlog.get_logger("grip.web")
_DATABASE_AWAY = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)
_SECRET_FIELDS = ("password", "code", "secret")
_MAY_SEND_AGAIN = frozenset(
    {
        "form-expired",
        "internal",
        "not-signed-in",
        "rate-limited",
        "sign-in-again",
        "unavailable",
    }
)


class Refused(Exception):
    """The base of errors that the web layer itself raises. Its message is shown to people."""

    slug: ClassVar[str] = "bad-request"

    def __init__(
        self,
        detail: str = "",
        *,
        fields: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.fields = dict(fields or {})
        self.extra = dict(extra or {})


class NotFound(Refused):
    """There is nothing with this id."""

    slug = "not-found"


class LinkNotValid(Refused):
    """A link from a message is unknown or has run out."""

    slug = "link-not-valid"


class Invalid(Refused):
    """Fields are missing or wrong; `fields` says which and why."""

    slug = "invalid"


@dataclass(frozen=True, slots=True)
class Problem:
    """One error as it is told."""

    slug: str
    status: int
    title: str
    detail: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def problem_of(error: Exception) -> Problem:
    """How an error is told: by its `slug` when that is listed; whatever is not, is internal."""
    slug = getattr(error, "slug", None)
    if isinstance(slug, str) and slug in KINDS:
        return _problem(
            slug,
            detail=str(error),
            fields=getattr(error, "fields", None) or {},
            extra=getattr(error, "extra", None) or {},
            headers=getattr(error, "headers", None) or {},
        )
    if isinstance(error, CSRFError):
        return _problem("form-expired")
    if isinstance(error, SecurityError):
        return _problem("bad-host")
    if isinstance(error, HTTPException):
        code = error.code or 500
        headers = {
            name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")
        }
        return _problem(slug_for_status(code), headers=headers, status=code)
    if isinstance(error, _DATABASE_AWAY):
        return _problem("unavailable", headers={"Retry-After": "5"})
    return _problem("internal")


def answer(error: Exception) -> Response:
    """The response for an error; one that nobody foresaw is logged with the request's id."""
    if isinstance(error, HTTPException) and isinstance(error.response, Response):
        return error.response
    problem = problem_of(error)
    if problem.status >= 500:
        if current_app.config.get("RAISE_UNFORESEEN"):
            raise error
        _report(error)
    response = _as_json(problem) if wants_json() else _as_page(problem)
    response.status_code = problem.status
    response.headers.update(dict(problem.headers))
    response.headers["Cache-Control"] = "no-store"
    return response


def wants_json() -> bool:
    """Whether this is a call of the API or by a program that prefers JSON to a page."""
    if request.path.startswith(f"/{web().name}/api/"):
        return True
    types = ("text/html", "application/json", "application/problem+json")
    best = request.accept_mimetypes.best_match(types, default="text/html")
    return best != "text/html"


def install(app: Flask) -> None:
    """Let every error of this app be answered here."""
    app.register_error_handler(Exception, answer)


def _problem(
    slug: str,
    *,
    detail: str = "",
    fields: Mapping[str, str] | None = None,
    extra: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    status: int | None = None,
) -> Problem:
    kind = kind_of(slug)
    return Problem(
        slug=slug,
        status=status or kind.status,
        title=kind.title,
        detail=detail,
        fields=fields or {},
        extra=extra or {},
        headers=headers or {},
    )


def _as_json(problem: Problem) -> Response:
    body: dict[str, Any] = {
        "type": problem.slug,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail or problem.title,
        "instance": f"urn:uuid:{request_id()}",
    }
    if problem.fields:
        body["fields"] = dict(problem.fields)
    body.update({name: value for name, value in problem.extra.items() if name not in body})
    return Response(json.dumps(body), mimetype="application/problem+json")


def _as_page(problem: Problem) -> Response:
    typed = _what_was_typed() if problem.slug in _MAY_SEND_AGAIN else []
    page = render_template(
        "problem.html",
        problem=problem,
        kind=kind_of(problem.slug),
        typed=typed,
        books="key" in dict(typed),
        request_id=request_id(),
    )
    return Response(page)


def _what_was_typed() -> list[tuple[str, str]]:
    """The fields of a form, to be sent again by one press; empty when that would not be right.

    Only when the form is known to come from our own page: else another site could have us show
    its words behind our button. A form with a secret is never shown again.
    """
    if request.method != "POST" or not _from_our_page():
        return []
    pairs = [(n, v) for n, v in request.form.items(multi=True) if n != "csrf_token"]
    if any(word in name for name, _ in pairs for word in _SECRET_FIELDS):
        return []
    return pairs


def _from_our_page() -> bool:
    if g.get("csrf_valid") or request.headers.get("Sec-Fetch-Site") == "same-origin":
        return True
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def _report(error: Exception) -> None:
    """What failed and where, without the message: it may quote what someone typed."""
    frames = traceback.extract_tb(error.__traceback__)
    causes: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(causes) < 5:
        causes.append(type(cause).__qualname__)
        cause = cause.__cause__ or cause.__context__
    _log.error(
        "unforeseen error",
        request_id=request_id(),
        endpoint=request.endpoint,
        error_types=causes,
        at=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
    )
