"""Notify's pages."""

from __future__ import annotations

from flask import Blueprint

from services.notify.web import api, log, outbox, short_links, twilio


def blueprints() -> list[Blueprint]:
    """All of the service's pages: under /notify, and short links under /r."""
    return [outbox.pages, log.pages, twilio.callbacks, api.pages, short_links.pages]
