"""What gunicorn loads: one service's app, built in each web process."""

from flask import Flask

from services.commands.system import build_service, read_settings
from shared import logs
from shared.clock import SystemClock
from shared.entropy import SystemEntropy
from shared.service import Parts


def make(name: str) -> Flask:
    """The app of one service, from the environment."""
    settings = read_settings(name)
    logs.set_up(json_lines=settings.env == "production")
    return build_service(name, settings, Parts(SystemClock(), SystemEntropy())).app
