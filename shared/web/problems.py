"""Every slug with its status and the words of its page. Nowhere else is a status chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of error."""

    status: int
    title: str
    advice: str = ""
    """What to do, where the error itself does not say it."""
    call: bool = False
    """Whether to offer the practice's phone number."""


_LINK = "This link no longer works"
_NEWER = "A newer one may be in our latest email."
_RELOAD = "Go back and reload the page to see how it stands."
_BACK = "Go back and change it. What you typed is still there."

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        # The request itself
        "bad-request": Kind(400, "We could not read that", "Go back and try again."),
        "bad-host": Kind(400, "This address is not ours", "Open the page by its usual address."),
        "malformed-json": Kind(400, "The body is not valid JSON"),
        "control-characters": Kind(400, "We could not read that", _BACK),
        "form-expired": Kind(
            400,
            "This form can no longer be sent",
            "It was open in a browser that has since been closed, or cookies are turned off. "
            "Go back, reload the page and send it again.",
        ),
        "not-signed-in": Kind(401, "You are not signed in"),
        "sign-in-again": Kind(
            401,
            "Please sign in again",
            "Sign in again in another tab, then come back and press the button here again. "
            "What you typed is still here.",
        ),
        "not-allowed": Kind(
            403, "This is not part of your role", "Someone with the admin role can change that."
        ),
        "bad-signature": Kind(403, "The signature is missing or wrong"),
        "not-found": Kind(404, "There is no page here", "The address may be mistyped.", call=True),
        "link-not-valid": Kind(404, _LINK, _NEWER, call=True),
        "method-not-allowed": Kind(405, "This page can't be used that way"),
        "too-large": Kind(413, "That is more than we can take", _BACK),
        "unsupported-media-type": Kind(415, "Send JSON, as application/json"),
        "rate-limited": Kind(
            429, "Too many tries in a short time", "Wait a little, then try again.", call=True
        ),
        "internal": Kind(500, "Something went wrong on our side", call=True),
        "unavailable": Kind(503, "We are away for a moment", "Try again in a minute.", call=True),
        # What was asked for
        "invalid": Kind(422, "Some of it needs fixing", _BACK),
        "not-offered": Kind(422, "That time is not offered", "Choose one of the times shown."),
        "time-does-not-exist": Kind(422, "That time does not exist", _BACK),
        "follow-up": Kind(422, "The follow-up date does not fit", _BACK),
        "forbidden-words": Kind(422, "These words can't be sent", _BACK),
        "idempotency-mismatch": Kind(422, "This key was used for something else"),
        "wrong-password": Kind(401, "Email and password do not belong together"),
        # Ids and links
        "unknown-link": Kind(404, _LINK, _NEWER, call=True),
        "unknown-consult": Kind(404, "There is no such call"),
        "unknown-place": Kind(404, "There is no such place on the waitlist", _RELOAD),
        "staff-not-known": Kind(404, "There is no such member of staff", _RELOAD),
        "no-such-dead-event": Kind(404, "There is no such failed event", _RELOAD),
        "unknown-person": Kind(404, "There is no such person"),
        "unknown-consultant": Kind(404, "There is no such consultant"),
        # How things stand
        "refused": Kind(409, "That is not possible now", _RELOAD),
        "conflict": Kind(409, "That is not possible now", _RELOAD),
        "slot-taken": Kind(409, "That time was just taken", "Choose another one."),
        "hold-lapsed": Kind(409, "That time is no longer held", "Choose another one."),
        "not-changeable": Kind(409, "This can't be changed any more", _RELOAD),
        "too-late-to-undo": Kind(409, "It can no longer be taken back"),
        "cannot-merge": Kind(409, "These two can't be made one here", _RELOAD),
        "not-started": Kind(409, "This has not begun yet"),
        "no-open-week": Kind(409, "There are too many closed dates", _BACK),
        "clash": Kind(409, "Two things at one time", _BACK),
        "cohort-full": Kind(409, "Every seat is taken", _RELOAD),
        "joining-closed": Kind(409, "Nobody can join any more", _RELOAD),
        "already-enrolled": Kind(409, "This person already has a seat", _RELOAD),
        "wrong-stage": Kind(409, "It is too early or too late for this", _RELOAD),
        "staff-taken": Kind(409, "Someone else is linked to them", _BACK),
        "email-taken": Kind(409, "This email is already in use", _BACK),
    }
)
_BY_STATUS = {
    400: "bad-request",
    401: "not-signed-in",
    403: "not-allowed",
    404: "not-found",
    405: "method-not-allowed",
    408: "bad-request",
    409: "refused",
    413: "too-large",
    415: "unsupported-media-type",
    422: "invalid",
    429: "rate-limited",
    500: "internal",
    503: "unavailable",
}


def kind_of(slug: str) -> Kind:
    """The kind of this slug. Raises `KeyError` for one that is not listed."""
    return KINDS[slug]


def slug_for_status(status: int) -> str:
    """The slug of a plain HTTP error."""
    return _BY_STATUS.get(status, "internal" if status >= 500 else "bad-request")
