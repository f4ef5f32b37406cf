"""The crisis lines stand in the language of the message."""

from dataclasses import replace

from services.notify.rendering.writer import Writer
from tests.unit.notify.test_templates import PRACTICE

SPANISH = "Llame o envíe un mensaje al 988."


def foot(writer: Writer, language: str) -> str:
    return writer._render("parts", "foot", language, {})


def test_spanish_messages_carry_the_spanish_crisis_lines() -> None:
    writer = Writer(replace(PRACTICE, crisis_text_es=SPANISH))
    assert SPANISH in foot(writer, "es")
    assert SPANISH not in foot(writer, "en")


def test_without_spanish_lines_the_others_stand() -> None:
    assert PRACTICE.crisis_text in foot(Writer(PRACTICE), "es")
