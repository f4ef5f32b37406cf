"""What a person's text means: stop, start, a letter we asked for, or something for staff."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from services.notify.domain.values import Purpose


class Intent(StrEnum):
    """The meanings that change anything by themselves; the rest is for staff."""

    STOP = "stop"
    START = "start"
    CONFIRM = "confirm"
    RIDE = "ride"
    OTHER = "other"


# Twilio answers and blocks these itself (its default keywords); CANCEL among them.
_STOP_WORDS = frozenset(
    {
        "stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel",
        "opt out", "alto", "parar", "cancelar", "basta", "baja",
    }
)  # fmt: skip
_START_WORDS = frozenset({"start", "unstop", "yes"})
# Any reasonable wording revokes (47 CFR 64.1200(a)(10)); these are phrases inside a text.
_STOP_PHRASES = re.compile(
    r"\b(?:"
    r"stop (?:texting|messaging|sending|the (?:texts?|messages?)|these|all|it|now|please)"
    r"|(?:please|pls) stop|(?:don'?t|do not|never|no longer) (?:text|message|contact|send) "
    r"|(?:don'?t|do not) (?:want|wish) (?:any(?: more)?|more|these|your|to (?:get|receive)) "
    r"?(?:texts?|messages?|reminders?)?"
    r"|no more (?:texts?|messages?|reminders?)|(?:un|de)subscribe|opt(?:ing)? ?-?out"
    r"|(?:remove|take) me (?:from|off)|leave me alone|wrong number"
    r"|no (?:me )?(?:escriba|escriban|mande|manden|envie|envien|textee|texteen|contacte|contacten)"
    r"|(?:dejen?|pare|paren) de (?:escribir|mandar|enviar|textear|contactar)\w*"
    r"|no (?:quiero|deseo) (?:mas |recibir )|no mas (?:textos?|mensajes?|recordatorios?)"
    r"|(?:borre|borren|quite|quiten|saque|saquen)me|(?:denme|dame|deme) de baja|darme de baja"
    r"|numero equivocado"
    r")"
)


def intent_of(body: str, *, opt_out_type: str = "") -> Intent:
    """The meaning of an inbound text. `opt_out_type` is Twilio's own finding, if any."""
    if opt_out_type.upper() == "STOP":
        return Intent.STOP
    if opt_out_type.upper() == "START":
        return Intent.START
    words = _fold(body)
    if words in _STOP_WORDS or _STOP_PHRASES.search(words):
        return Intent.STOP
    if words in _START_WORDS:
        return Intent.START
    if words in ("c", "confirm", "confirmo"):
        return Intent.CONFIRM
    return Intent.RIDE if words == "r" else Intent.OTHER


def is_cancel(body: str) -> bool:
    """Whether the text is the bare word CANCEL: it opts out, and staff must look."""
    return _fold(body) in ("cancel", "cancelar")


def _fold(body: str) -> str:
    """Lower case, no accents, no marks around or runs of space."""
    parts = unicodedata.normalize("NFKD", body.replace("’", "'").lower())
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    return " ".join(re.sub(r"[^\w' -]", " ", bare).split())


# The letter that each text asks for.
ASKED: dict[str, str] = {
    Purpose.CONSULT_BOOKED: "C",
    Purpose.CONSULT_MOVED: "C",
    Purpose.CONSULT_REMINDER: "C",
    Purpose.SESSION_REMINDER: "C",
    Purpose.SESSION_RIDE: "R",
}
