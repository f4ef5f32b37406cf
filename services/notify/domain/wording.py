"""Words that may never stand in a text, a subject line or a calendar title."""

from __future__ import annotations

import re
import unicodedata

from services.notify.domain.segments import count, to_gsm

# Stems, in both languages, of DOMAIN's list: the substance, the treatment, the
# specialties of clinicians, the program, and what screening and groups are called.
_STEMS = (
    r"ketamin\w*", r"esketamin\w*", r"psychedel\w*", r"psicodel\w*",
    r"medicin\w*", r"medicat\w*", r"medicament\w*", r"lozenge\w*", r"injection\w*",
    r"dos(?:e|es|ed|age|ages|ing|is)", r"dosifica\w*",
    r"therap\w*", r"terap\w*", r"psychotherap\w*", r"psicoterap\w*",
    r"trauma\w*", r"ptsd", r"tept",
    r"screen\w*", r"group", r"groups", r"grupo", r"grupos", r"grupal\w*",
    r"psychiatr\w*", r"psiquiatr\w*", r"psycholog\w*", r"psicolog\w*", r"psych",
    r"clinic\w*", r"counsel\w*", r"prescriber\w*", r"anesthes\w*", r"anestes\w*",
    r"cohort\w*", r"recovery integration", r"grip",
)  # fmt: skip
_FORBIDDEN = re.compile(r"\b(?:" + "|".join(_STEMS) + r")\b")
_LINKS = re.compile(r"\bhttps?://\S+|\b[\w.-]+(?::\d+)?/r/[\w-]{22}")


class ForbiddenWords(Exception):
    """A text holds words that may not be in it."""

    slug = "forbidden-words"

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words
        super().__init__(f"These words may not be in a message: {', '.join(words)}")


def forbidden_words(text: str, *, ignoring: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The forbidden words in `text`, each once, as written but in lower case.

    Links are not looked into (their tokens are random), nor are `ignoring`: names of
    people and places, which nobody can choose.
    """
    bare = _LINKS.sub(" ", text)
    for name in ignoring:
        if name.strip():
            bare = bare.replace(name, " ")
    found = _FORBIDDEN.findall(_fold(bare))
    return tuple(dict.fromkeys(found))


def lint(text: str, *, ignoring: tuple[str, ...] = ()) -> str:
    """The text itself. Raises ForbiddenWords when it holds any."""
    words = forbidden_words(text, ignoring=ignoring)
    if words:
        raise ForbiddenWords(words)
    return text


def is_sayable(title: str) -> bool:
    """Whether a line from elsewhere may be said in a text and in a subject line.

    Longer than one segment by itself, it would leave no room for the rest of a text.
    """
    line = " ".join(title.split())
    plain = to_gsm(line)
    if not line or count(plain).segments > 1:
        return False
    return not (forbidden_words(line) or forbidden_words(plain))


def _fold(text: str) -> str:
    """Lower case without accents, so that "Terapéutico" is found."""
    parts = unicodedata.normalize("NFKD", text.lower())
    return "".join(part for part in parts if not unicodedata.combining(part))
