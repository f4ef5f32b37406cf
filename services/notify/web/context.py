"""What notify's views reach beside the shared context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from flask import Flask, current_app

from services.notify.keys import Keys
from services.notify.use_cases.compose_message import Stationery
from services.notify.web.saying import install_filters

_NAME = "grip_notify"


class Signature(Protocol):
    """Says whether a callback is genuine."""

    def genuine(
        self, url: str, parameters: Mapping[str, Sequence[str]], signature: str | None
    ) -> bool:
        """See adapters/twilio_signature.py."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What messages are written with, the check of callbacks, and where messages go."""

    stationery: Stationery
    signature: Signature
    texts_captured: bool
    emails_captured: bool

    @property
    def keys(self) -> Keys:
        """The service's keys."""
        return self.stationery.keys


def install_tools(app: Flask, tools: Tools) -> None:
    """Let the app's views use these, and its templates the filters."""
    app.extensions[_NAME] = tools
    install_filters(app)


def tools() -> Tools:
    """The tools of the app that handles this request."""
    return cast("Tools", current_app.extensions[_NAME])
