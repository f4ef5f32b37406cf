"""Reads what was sent into a pydantic model, or says for each field what is wrong with it.

Nothing that was sent is repeated in a refusal, and each refusal names what it is about in `fields`.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NoReturn, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.web.errors import Invalid, Refused
from shared.web.security import is_text

M = TypeVar("M", bound=BaseModel)

MOST_NAMED = 50
"""Wrong fields that one refusal names, however many there are."""

_WORDS = {
    "bool_type": "This must be true or false.",
    "extra_forbidden": "There is no such field.",
    "missing": "This is needed.",
    "model_type": "Send an object.",
    "string_too_short": "This is needed.",
    "string_type": "This must be text.",
}
_UNSPEAKABLE = "This has a character that can't be typed."


class MalformedJson(Refused):
    """The body can't be read as JSON."""

    slug = "malformed-json"


class NotJson(Refused):
    """The body is sent as something else than JSON."""

    slug = "unsupported-media-type"


def read_body(model: type[M]) -> M:
    """The JSON body as a `model`. Raises `NotJson`, `MalformedJson` or `Invalid`."""
    return read(model, _json_body(), whole="body")


def read_query(model: type[M]) -> M:
    """The query string as a `model`. Raises `Invalid`."""
    return read(model, request.args.to_dict(), whole="query")


def read_headers(model: type[M]) -> M:
    """The headers that `model` names (by alias) as a `model`. Raises `Invalid`."""
    names = [info.alias or name for name, info in model.model_fields.items()]
    present = {name: request.headers[name] for name in names if name in request.headers}
    return read(model, present, whole="headers")


def read(model: type[M], value: Any, *, whole: str = "form") -> M:
    """`value` as a `model`; `whole` is what it is called where no field is to blame.

    Raises `Invalid`, naming each wrong field.
    """
    wrong = {_name(where, whole): _UNSPEAKABLE for where in _unspeakable(value)}
    try:
        found = model.model_validate(value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        wrong = {_name(each["loc"], whole): _say(each) for each in details} | wrong
    if wrong:
        wrong = dict(islice(wrong.items(), MOST_NAMED))
        raise Invalid(f"Needs fixing: {', '.join(wrong)}.", fields=wrong)
    return found


def _json_body() -> Any:
    kind = request.mimetype
    if not (kind == "application/json" or kind.endswith("+json")):
        wrong = "Send the body as application/json."
        raise NotJson(wrong, fields={"Content-Type": wrong})
    try:
        return json.loads(
            request.get_data().decode("utf-8"),
            parse_constant=_no_such_number,
            object_pairs_hook=_each_once,
        )
    except (ValueError, RecursionError) as error:
        wrong = "The body can't be read as JSON."
        raise MalformedJson(wrong, fields={"body": wrong}) from error


def _each_once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    """An object whose names differ: what is given twice would be read by chance."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = {_name((name,), ""): "Give this once." for name in found if names.count(name) > 1}
        raise Invalid(f"Given more than once: {', '.join(twice)}.", fields=twice)
    return found


def _no_such_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _name(where: tuple[int | str, ...], whole: str) -> str:
    name = ".".join(str(step) for step in where) or whole
    return name[:80].encode("unicode_escape").decode("ascii")


def _say(detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return f"Use one of {context['expected']}."
    if kind == "string_too_long":
        return f"At most {context['max_length']} characters."
    if kind == "string_too_short" and context["min_length"] > 1:
        return f"At least {context['min_length']} characters."
    return _WORDS.get(kind, detail["msg"])


def _unspeakable(value: Any) -> Iterator[tuple[str | int, ...]]:
    """Where in a JSON value there are characters that no text has; a name's place is its object.

    A loop and not a recursion: JSON may be nested as deep as Python can go.
    """
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while waiting:
        where, each = waiting.pop()
        if isinstance(each, str) and not is_text(each):
            yield where
        elif isinstance(each, dict):
            if not all(is_text(name) for name in each):
                yield where
            waiting.extend(((*where, name), inner) for name, inner in each.items())
        elif isinstance(each, list):
            waiting.extend(((*where, index), inner) for index, inner in enumerate(each))
