"""The documentation says what is: links lead somewhere, commands exist, the event list is fresh."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.__main__ import build_parser
from shared.events.docs import render

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
IDS = [str(page.relative_to(ROOT)) for page in PAGES]


def headings(page: Path) -> set[str]:
    """The anchors that a page's headings make."""
    found = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in found}


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link} leads nowhere"
        if anchor:
            assert anchor in headings(target), f"{link}: no such heading"


def verbs_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def commands(text: str) -> Iterator[list[str]]:
    """The words after `grip` or `./grip` wherever code, not prose, names a command."""
    code = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    for snippet in [*code, *inline]:
        for line in re.findall(r"^(?:\./)?grip +(.+)$", snippet, re.MULTILINE):
            yield re.split(r"[#|>&]", line)[0].split()


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_command_named_exists(page: Path) -> None:
    for words in commands(page.read_text()):
        parser = build_parser()
        for word in words:
            if word.startswith("-"):
                assert word.split("=")[0] in parser._option_string_actions, " ".join(words)
            elif word in verbs_of(parser):
                parser = verbs_of(parser)[word]
            else:
                assert not verbs_of(parser), f"grip {' '.join(words)}: no verb {word!r}"
                break


def test_the_readme_begins_with_what_it_is_and_the_two_commands() -> None:
    first_screen = "\n".join((ROOT / "README.md").read_text().splitlines()[:20])
    assert "./grip up" in first_screen
    assert "./grip test" in first_screen


def test_the_page_of_events_is_what_the_classes_say() -> None:
    page = (ROOT / "docs/events.md").read_text()
    assert page.strip() == render().strip(), "run: ./grip events > docs/events.md"


@pytest.mark.parametrize("page", sorted((ROOT / "docs/decisions").glob("*.md")), ids=str)
def test_a_decision_record_is_short_and_has_its_three_parts(page: Path) -> None:
    text = page.read_text()
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", page.name)
    for part in ("**Context.**", "**Decision.**", "**Consequence.**"):
        assert part in text
    assert len(text.splitlines()) <= 15
