"""Reads what was sent into a schema, or says for each field what is wrong with it."""

import json
from collections.abc import Mapping
from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.web.errors import Invalid, Refused

M = TypeVar("M", bound=BaseModel)

_SAID = {
    "missing": "This is needed.",
    "extra_forbidden": "We do not know this field.",
    "string_type": "This must be text.",
    "bool_type": "This must be true or false.",
    "string_too_long": "This is too long.",
}


class MalformedJson(Refused):
    """The body can't be read as JSON."""

    slug = "malformed-json"


class NotJson(Refused):
    """The body is something other than JSON."""

    slug = "unsupported-media-type"


def read_json(schema: type[M]) -> M:
    """The request's body. Raises `NotJson`, `MalformedJson` and `Invalid` (naming each field)."""
    if not request.is_json:
        raise NotJson("Send the body as application/json.", fields={"Content-Type": "Use JSON."})
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError):
        wrong = "This is not valid JSON."
        raise MalformedJson(wrong, fields={"body": wrong}) from None
    if not isinstance(body, dict):
        wrong = "The body must be an object."
        raise Invalid(wrong, fields={"body": wrong})
    return read(schema, body)


def read_query(schema: type[M]) -> M:
    """The request's query. Raises `Invalid`, naming each field."""
    return read(schema, request.args.to_dict())


def read(schema: type[M], values: Mapping[str, object]) -> M:
    """These values as the schema has them. Raises `Invalid`, naming each field."""
    try:
        return schema.model_validate(dict(values))
    except ValidationError as error:
        wrong = {_field(each): _said(each) for each in error.errors(include_url=False)}
        raise Invalid(" ".join(wrong.values())[:500], fields=wrong) from None


def _field(error: ErrorDetails) -> str:
    name = ".".join(str(part) for part in error["loc"])[:80] or "body"
    return name.encode("ascii", "replace").decode()


def _said(error: ErrorDetails) -> str:
    if error["type"] == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "literal_error":
        return f"Use one of {error['ctx']['expected']}."
    return _SAID.get(error["type"], "This is not as expected.")
