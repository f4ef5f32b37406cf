"""A JSON API that says what it takes: pydantic checks the input, SpecTree writes OpenAPI 3.1.

    blueprint = Blueprint("api", __name__, url_prefix="/booking/api/v1")
    api = Api("booking", title="Booking")

    @blueprint.get("/slots")
    @public
    @api.operation(query=SlotsAsked, answers={200: SlotsOffered})
    def slots(query: SlotsAsked) -> SlotsOffered: ...

    @blueprint.post("/consults")
    @public
    @api.operation(
        body=NewConsult, headers=Keyed, answers={201: Booked}, refusals={409: SlotTakenProblem}
    )
    def book(body: NewConsult, headers: Keyed) -> tuple[Booked, int]: ...

    api.attach(blueprint)   # GET /booking/api/v1/openapi.json

A view gets what it declared as keyword arguments and answers with a model, with a model and a
status, or with anything Flask takes. Input that does not fit never reaches it: 415 when it is
not JSON, 400 `malformed-json`, 422 `invalid` with every wrong field in `fields` (see `reading`).

SpecTree only documents: its own parsing takes a broken body for an empty one.
"""

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from pydantic import BaseModel, ConfigDict, Field
from spectree import Response as Answers
from spectree import SpecTree

from shared.web.access import public
from shared.web.reading import read_body, read_headers, read_query


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

    def __init__(
        self, service: str, *, title: str, description: str = "", version: str = "1"
    ) -> None:
        self._tree = SpecTree(
            "flask",
            mode="strict",
            page_templates={},
            annotations=False,
            path=f"{service}/api/v{version}/openapi",
            title=title,
            description=description,
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
        refusals: Mapping[int, type[BaseModel]] | None = None,
        tags: Sequence[str] = (),
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Check what comes in, write what goes out, and describe both.

        `refusals` are the operation's own, such as 409, or those that tell more than `Problem`.
        """
        takes_input = bool(body or query or headers)
        usual = (400, 503, *((422,) if takes_input else ()), *((413, 415) if body else ()))
        told = dict.fromkeys(usual, Problem) | dict(refusals or {})
        models = {f"HTTP_{status}": model for status, model in answers.items()}
        models.update({f"HTTP_{status}": told[status] for status in sorted(told)})

        def wrap(view: Callable[..., Any]) -> Callable[..., Any]:
            describe = self._tree.validate(
                json=body,
                query=query,
                headers=headers,
                resp=Answers(**models),
                tags=tags,
                operation_id=view.__name__,
                validation_error_status=422 if takes_input else 400,
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

    def callback(
        self,
        *,
        form: type[BaseModel],
        answers: Mapping[int, type[BaseModel] | None],
        query: type[BaseModel] | None = None,
        headers: type[BaseModel] | None = None,
        tags: Sequence[str] = (),
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Describe a view that a provider posts a form to; 403 when it is not genuine.

        The view reads the form by itself: its signature is over the form as it came.
        """
        models = {f"HTTP_{status}": model for status, model in {**answers, 403: Problem}.items()}

        def wrap(view: Callable[..., Any]) -> Callable[..., Any]:
            described: Callable[..., Any] = self._tree.validate(
                form=form,
                query=query,
                headers=headers,
                resp=Answers(**models),
                tags=tags,
                operation_id=view.__name__,
                validation_error_status=403,  # no 422: fields are never checked
                skip_validation=True,
            )(view)
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
                sent = operation.get("requestBody", {}).get("content", {})
                if "multipart/form-data" in sent:  # what SpecTree says of every form
                    sent["application/x-www-form-urlencoded"] = sent.pop("multipart/form-data")
                for status, answer in operation.get("responses", {}).items():
                    _describe_refusal(int(status), answer)
        return document


_WAIT = {
    "Retry-After": {
        "description": "Seconds after which to try again",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    }
}


def _describe_refusal(status: int, answer: dict[str, Any]) -> None:
    content = answer.get("content", {})
    if status >= 400 and "application/json" in content:
        content["application/problem+json"] = content.pop("application/json")
    if status in (429, 503):
        answer["headers"] = _WAIT


def _written(answer: Any) -> Any:
    """The view's answer, with models written as JSON; instants in UTC end in Z."""
    if isinstance(answer, tuple) and answer and isinstance(answer[0], BaseModel):
        return (_written(answer[0]), *answer[1:])
    if isinstance(answer, BaseModel):
        return Response(answer.model_dump_json(by_alias=True), mimetype="application/json")
    return answer
