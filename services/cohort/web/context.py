"""What cohort's views reach beside the shared context: the service's keys."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app

from services.cohort.keys import Keys

_NAME = "grip_cohort_keys"


def install_keys(app: Flask, keys: Keys) -> None:
    """Let the app's views use these keys."""
    app.extensions[_NAME] = keys


def keys() -> Keys:
    """The keys of the app that handles this request."""
    return cast("Keys", current_app.extensions[_NAME])
