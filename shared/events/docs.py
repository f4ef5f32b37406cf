"""The event reference in Markdown, made from the classes; docs/events.md holds its output."""

from types import UnionType
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from shared.events import EVENTS, BusyTime, Contact, Meeting, SessionInfo, SmsConsent
from shared.events.base import Event
from shared.events.envelope import schema_of

_HEAD = """# Events

Made from the classes in `shared/events` by `./grip events > docs/events.md`.

Every event is CloudEvents 1.0 JSON (`application/cloudevents+json`) on the topic exchange
`grip.events`; its type is the routing key. A **state** event carries the aggregate's whole public
snapshot and a `sequence`: for each source and subject the highest wins. A **fact** event happened
once and is never ignored for its age. Within a version only optional fields may be added.
"""


def render() -> str:
    """The whole reference."""
    parts = [_HEAD]
    for event in EVENTS:
        parts.append(_event(event))
    parts.append("## Values\n")
    for value in (Contact, SmsConsent, Meeting, SessionInfo, BusyTime):
        parts.append(f"### {value.__name__}\n\n{_first_line(value)}\n\n{_fields(value)}")
    return "\n".join(parts)


def _event(event: type[Event]) -> str:
    publisher = event.__module__.rsplit(".", 1)[-1]
    by = "any service" if publisher == "people" else publisher
    kind, field = event.SUBJECT.split(":")
    return (
        f"## {event.TYPE}\n\n{_first_line(event)}\n\n"
        f"{event.KIND.title()} event of {by} · subject `{kind}/<{field}>` · "
        f"`{schema_of(event)}`\n\n{_fields(event)}"
    )


def _fields(model: type[BaseModel]) -> str:
    rows = ["| field | type | |", "|---|---|---|"]
    for name, field in model.model_fields.items():
        if field.exclude:
            continue
        needed = "" if field.is_required() else "optional"
        rows.append(f"| `{name}` | {_type(field.annotation)} | {needed} |")
    return "\n".join(rows) + "\n"


def _type(annotation: Any) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if annotation is type(None):
        return "null"
    if origin is UnionType or str(origin) == "typing.Union":
        return " or ".join(_type(each) for each in inner)
    if str(origin) == "typing.Literal":
        return " · ".join(f"`{each}`" for each in inner)
    if origin is tuple:
        return f"list of {_type(inner[0])}"
    name: str = getattr(annotation, "__name__", str(annotation))
    return {
        "AwareDatetime": "instant",
        "str": "text",
        "bool": "true or false",
        "int": "integer",
    }.get(name, name)


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().splitlines()[0]
