"""A JSON API that says what it takes: pydantic checks the input, SpecTree writes OpenAPI 3.1.

    blueprint = Blueprint("api", __name__, url_prefix="/booking/api/v1")
    api = Api("booking", title="Booking")

    @blueprint.get("/slots")
    @public
    @api.operation(query=SlotsAsked, answers={200: SlotsOffered})
    def slots(query: SlotsAsked) -> SlotsOffered: ...

    @blueprint.post("/consults")
    @public
    @api.operation(body=NewConsult, headers=Keyed, answers={201: Booked}, refusals=(409,))
    def book(body: NewConsult, headers: Keyed) -> tuple[Booked, int]: ...

    api.attach(blueprint)   # GET /booking/api/v1/openapi.json

A view gets what it declared as keyword arguments and answers with a model, with a model and a
status, or with anything Flask takes. Input that does not fit never reaches it: 415 when it is
not JSON, 400 `malformed-json`, 422 `invalid` with every wrong field in `fields`.

SpecTree only documents: its own parsing takes a broken body for an empty one.
"""

import functools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from flask import Blueprint, Response, current_app, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from spectree import Response as Answers
from spectree import SpecTree

from shared.web.access import public
from shared.web.errors import Invalid, Refused
from shared.web.security import is_text

M = TypeVar("M", bound=BaseModel)
_WORDS = {
    "missing": "This is needed.",
    "string_too_short": "This is needed.",
    "extra_forbidden": "There is no such field.",
    "model_type": "Send an object.",
}
_UNSPEAKABLE = "This has a character that can't be typed."


class MalformedJson(Refused):
    """The body can't be read as JSON."""

    slug = "malformed-json"


class NotJson(Refused):
    """The body is sent as something else than JSON."""

    slug = "unsupported-media-type"


class Problem(BaseModel):
    """An error, as RFC 9457 has it."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="A stable slug, such as slot-taken")
    title: str
    status: int
    detail: str
    instance: str
    fields: dict[str, str] | None = Field(None, description="Each wrong field, and what to do")


class Api:
    """The operations of one service and their description."""

    def __init__(self, service: str, *, title: str, version: str = "1") -> None:
        self._tree = SpecTree(
            "flask",
            mode="strict",
            page_templates={},
            annotations=False,
            path=f"{service}/api/v{version}/openapi",
            title=title,
            version=version,
            validation_error_model=Problem,
            naming_strategy=lambda model: str(model.__name__),
            nested_naming_strategy=lambda _parent, child: child,
        )

    def operation(
        self,
        *,
        answers: Mapping[int, type[BaseModel] | None],
        body: type[BaseModel] | None = None,
        query: type[BaseModel] | None = None,
        headers: type[BaseModel] | None = None,
        refusals: Sequence[int] = (),
        tags: Sequence[str] = (),
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Check what comes in, write what goes out, and describe both.

        `refusals` are the statuses above 400 that are the operation's own, such as 409.
        """
        told = {*refusals, 422, 429, *((400, 413, 415) if body else ())}
        models = {f"HTTP_{status}": model for status, model in answers.items()}
        models.update({f"HTTP_{status}": Problem for status in sorted(told)})

        def wrap(view: Callable[..., Any]) -> Callable[..., Any]:
            describe = self._tree.validate(
                json=body,
                query=query,
                headers=headers,
                resp=Answers(**models),
                tags=tags,
                operation_id=view.__name__,
                skip_validation=True,
            )

            @functools.wraps(view)
            def checked(**path: Any) -> Any:
                if query is not None:
                    path["query"] = read_query(query)
                if headers is not None:
                    path["headers"] = read_headers(headers)
                if body is not None:
                    path["body"] = read_body(body)
                return _written(view(**path))

            described: Callable[..., Any] = describe(checked)
            return described

        return wrap

    def attach(self, blueprint: Blueprint) -> None:
        """Serve the description at `openapi.json` under the blueprint's prefix."""

        @blueprint.get("/openapi.json")
        @public
        def openapi() -> Response:
            return jsonify(self.description())

    def description(self) -> dict[str, Any]:
        """The OpenAPI document; errors carry their own media type."""
        document: dict[str, Any] = json.loads(current_app.json.dumps(self._tree.spec))
        for path in document["paths"].values():
            for operation in path.values():
                for status, answer in operation.get("responses", {}).items():
                    content = answer.get("content", {})
                    if int(status) >= 400 and "application/json" in content:
                        content["application/problem+json"] = content.pop("application/json")
        return document


def read_body(model: type[M]) -> M:
    """The JSON body as a `model`. Raises `NotJson`, `MalformedJson` or `Invalid`."""
    return _validated(model, read_json(), whole="body")


def read_query(model: type[M]) -> M:
    """The query string as a `model`. Raises `Invalid`."""
    return _validated(model, request.args.to_dict(), whole="query")


def read_headers(model: type[M]) -> M:
    """The headers that `model` names (by alias) as a `model`. Raises `Invalid`."""
    names = [info.alias or name for name, info in model.model_fields.items()]
    present = {name: request.headers[name] for name in names if name in request.headers}
    return _validated(model, present, whole="headers")


def read_json() -> Any:
    """The JSON value of the body. Raises `NotJson` or `MalformedJson`."""
    kind = request.mimetype
    if not (kind == "application/json" or kind.endswith("+json")):
        raise NotJson("Send the body as application/json.")
    try:
        return json.loads(request.get_data().decode("utf-8"), parse_constant=_no_such_number)
    except (ValueError, RecursionError) as error:
        raise MalformedJson("The body can't be read as JSON.") from error


def _validated(model: type[M], value: Any, *, whole: str) -> M:
    wrong = {_name(where, whole): _UNSPEAKABLE for where in _unspeakable(value)}
    try:
        found = model.model_validate(value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        wrong = {_name(each["loc"], whole): _say(each) for each in details} | wrong
    if wrong:
        raise Invalid(f"Needs fixing: {', '.join(wrong)}.", fields=wrong)
    return found


def _name(where: tuple[int | str, ...], whole: str) -> str:
    name = ".".join(str(step) for step in where) or whole
    return name[:80].encode("ascii", "backslashreplace").decode()


def _say(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    if detail["type"] == "value_error":
        return str(context["error"])
    if detail["type"] == "string_too_long":
        return f"At most {context['max_length']} characters."
    if detail["type"] == "string_too_short" and context["min_length"] > 1:
        return f"At least {context['min_length']} characters."
    return _WORDS.get(detail["type"], detail["msg"])


def _unspeakable(value: Any, where: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where in a JSON value there are characters that no text has."""
    if isinstance(value, str) and not is_text(value):
        yield where
    elif isinstance(value, dict):
        for name, each in value.items():
            if not is_text(name):
                yield (*where, "(a name)")
            yield from _unspeakable(each, (*where, name))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _unspeakable(each, (*where, index))


def _written(answer: Any) -> Any:
    """The view's answer, with models written as JSON; instants in UTC end in Z."""
    if isinstance(answer, tuple) and answer and isinstance(answer[0], BaseModel):
        return (_written(answer[0]), *answer[1:])
    if isinstance(answer, BaseModel):
        return Response(answer.model_dump_json(by_alias=True), mimetype="application/json")
    return answer


def _no_such_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
