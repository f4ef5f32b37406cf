"""The API described in OpenAPI 3.1, from the schemas that the views themselves read with."""

from typing import Any

from flask import current_app
from spectree import SpecTree

spec = SpecTree(
    "flask",
    mode="strict",
    page_templates={},
    annotations=False,
    title="Booking",
    description="Free 20-minute consults: what is offered, and booking, moving and cancelling.",
    version="1",
    openapi_version="3.1.0",
    naming_strategy=lambda model: model.__name__,
)


def document() -> dict[str, Any]:
    """The description of this app's API."""
    spec.app = current_app
    described: dict[str, Any] = spec.spec
    for path in described["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                content = answer.get("content", {})
                if int(status) >= 400 and "application/json" in content:
                    content["application/problem+json"] = content.pop("application/json")
    return described
