"""Within a version only optional fields may be added: golden JSON of each event holds that."""

import json
from pathlib import Path

import pytest

from shared.events import CATALOGUE, Event, StateEvent
from shared.events.envelope import parse, schema_of

GOLDEN = Path(__file__).parent / "golden"


def _file(event: type[Event]) -> Path:
    return GOLDEN / f"{event.TYPE}.{event.VERSION}.json"


@pytest.mark.parametrize("event", CATALOGUE.values(), ids=CATALOGUE)
def test_todays_class_reads_the_golden_event_without_losing_anything(event: type[Event]) -> None:
    golden = json.loads(_file(event).read_text())
    envelope = parse(json.dumps(golden))
    assert type(envelope.event) is event
    again = json.loads(envelope.to_json())
    assert again["dataschema"] == golden["dataschema"] == schema_of(event)
    assert _without_additions(again["data"], golden["data"]) == golden["data"]
    assert again["subject"] == golden["subject"]
    assert ("sequence" in golden) == issubclass(event, StateEvent)


@pytest.mark.parametrize("event", CATALOGUE.values(), ids=CATALOGUE)
def test_no_field_has_become_required_since_the_golden_event(event: type[Event]) -> None:
    golden = json.loads(_file(event).read_text())
    required = {
        name
        for name, field in event.model_fields.items()
        if field.is_required() and not field.exclude
    }
    assert required <= set(golden["data"])


@pytest.mark.parametrize("event", CATALOGUE.values(), ids=CATALOGUE)
def test_an_event_with_a_field_we_do_not_know_is_still_read(event: type[Event]) -> None:
    golden = json.loads(_file(event).read_text())
    golden["data"]["added_later"] = {"by": "a newer publisher"}
    golden["extension"] = "kept out of our way"
    assert type(parse(json.dumps(golden)).event) is event


def test_every_golden_file_belongs_to_an_event_or_to_a_version_we_still_read() -> None:
    known = {
        f"{event.TYPE}.{version}"
        for event in CATALOGUE.values()
        for version in range(1, event.VERSION + 1)
    }
    assert {path.stem for path in GOLDEN.glob("*.json")} == known


def _without_additions(now: object, golden: object) -> object:
    """`now`, less the fields that `golden` does not have."""
    if isinstance(now, dict) and isinstance(golden, dict):
        return {key: _without_additions(now[key], golden[key]) for key in golden if key in now}
    if isinstance(now, list) and isinstance(golden, list):
        return [_without_additions(a, b) for a, b in zip(now, golden, strict=True)]
    return now
