"""What every request can reach: the service's settings, database, clock and randomness."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app, g, has_request_context

from shared.clock import Clock
from shared.db import Database
from shared.entropy import Entropy
from shared.settings import GripSettings


@dataclass(frozen=True, slots=True)
class WebContext:
    """The parts of one service that its pages use."""

    name: str
    """The service: "booking", "cohort" or "notify"; also the first part of every path."""
    settings: GripSettings
    database: Database
    clock: Clock
    entropy: Entropy


def web() -> WebContext:
    """The context of the app that is handling this request."""
    return cast("WebContext", current_app.extensions["grip"])


def now() -> datetime:
    """The instant of this request (aware UTC): the same from its start to its end."""
    if not has_request_context():
        return web().clock.now()
    if "grip_now" not in g:
        g.grip_now = web().clock.now()
    return cast("datetime", g.grip_now)


def request_id() -> str:
    """The id that this request has in the logs and in error pages."""
    if "grip_request_id" not in g:
        g.grip_request_id = web().entropy.uuid()
    return cast("str", g.grip_request_id)
