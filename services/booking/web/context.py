"""What booking's pages reach beside the shared context: its keys."""

from typing import cast

from flask import Flask, current_app

from services.booking.keys import Keys


def install_keys(app: Flask, keys: Keys) -> None:
    """Let the app's views use these keys."""
    app.extensions["grip_booking_keys"] = keys


def keys() -> Keys:
    """The keys of the app that is handling this request."""
    return cast("Keys", current_app.extensions["grip_booking_keys"])
