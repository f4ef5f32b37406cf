"""What guards the public forms, and what is said to whoever is stopped by it."""

from datetime import datetime

from flask import request

from services.booking.domain.suspicion import is_hurried
from services.booking.web.context import keys
from services.booking.web.limits import TooManyToday
from shared.web.context import now, web
from shared.web.limits import RateLimited

TRAPPED = (
    "We could not send this. If a program filled in the form for you, type your details yourself, "
    "or call us: the number is below."
)
_TOO_OFTEN = (
    "There were several tries from your network just now. What you typed is still here: "
    "wait a minute, then press the button again."
)
_TOO_MANY_TODAY = (
    "This email or phone was used several times today, and we take no more with it until "
    "tomorrow. What you typed is still here. Or call us: the number is below."
)


def too_often(refused: RateLimited) -> str:
    """What is said, in English, to whoever tried too often."""
    return _TOO_MANY_TODAY if isinstance(refused, TooManyToday) else _TOO_OFTEN


def is_trapped() -> bool:
    """Whether the form came in with the field filled in that no person sees."""
    return bool(request.form.get("website"))


def was_hurried() -> bool:
    """Whether the form came in sooner than a person can fill it in, or does not say truly."""
    return is_hurried(_shown_at(), now=now())


def form_key() -> str:
    """The key that a form came with; one form has one, however often it is sent."""
    return request.form.get("key", "")[:200]


def hidden(*, fresh_key: bool = False) -> dict[str, str]:
    """The form's key, and the stamp that says when it was first shown: both are in the page."""
    key = ("" if fresh_key else form_key()) or web().entropy.token()
    return {"key": key, "shown": keys().stamp(key, _shown_at() or now())}


def _shown_at() -> datetime | None:
    return keys().stamped_at(form_key(), request.form.get("shown", ""))
