"""Texts as carriers count them: GSM-7 septets or UCS-2 units, and segments of each."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

# GSM 03.38 (3GPP TS 23.038) basic set and the extension table, whose characters
# are sent as an escape and a septet.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_PLAIN = str.maketrans(
    {
        "’": "'", "‘": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "–": "-", "—": "-", "‑": "-", "−": "-", "…": "...", "\u00a0": " ", "\u202f": " ",
        "\u2009": " ", "•": "-", "·": "-", "º": "o", "ª": "a", "`": "'", "´": "'", "\t": " ",
        "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "þ": "th",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Count:
    """How a text is carried: its encoding, its length in units of it, and its segments."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    segments: int


def is_gsm(text: str) -> bool:
    """Whether every character is in GSM-7 or its extension table."""
    return all(char in _BASIC or char in _EXTENDED for char in text)


def count(text: str) -> Count:
    """Units and segments of a text; characters of two units never straddle segments."""
    if is_gsm(text):
        costs = [2 if char in _EXTENDED else 1 for char in text]
        return Count("GSM-7", sum(costs), _segments(costs, alone=160, joined=153))
    costs = [2 if ord(char) > 0xFFFF else 1 for char in text]
    return Count("UCS-2", sum(costs), _segments(costs, alone=70, joined=67))


def _segments(costs: Iterable[int], *, alone: int, joined: int) -> int:
    listed = list(costs)
    if sum(listed) <= alone:
        return 1
    segments, room = 1, joined
    for cost in listed:
        if cost > room:
            segments, room = segments + 1, joined
        room -= cost
    return segments


def to_gsm(text: str) -> str:
    """The text in GSM-7 only: typographic marks made plain, accents that it lacks dropped.

    What has no likeness at all (an emoji) becomes "?".
    """
    return "".join(_char(char) for char in unicodedata.normalize("NFC", text).translate(_PLAIN))


def _char(char: str) -> str:
    if char in _BASIC or char in _EXTENDED:
        return char
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Cc"):
        return ""
    bare = "".join(
        part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part)
    )
    return bare if bare and is_gsm(bare) else "?"
