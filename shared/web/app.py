"""One Flask app per service, made the same way: guarded, timed, and calm when something fails.

app = make_app(
    WebContext(name="booking", settings=settings, database=database, clock=clock,
               entropy=entropy),
    [pages, staff, api],
    templates=Path(__file__).parent / "web" / "templates",
)
"""

from collections.abc import Sequence
from pathlib import Path

from flask import Blueprint, Flask

from shared.web import assets, errors, health, observe, operations, security, templating
from shared.web.access import check_every_view
from shared.web.context import WebContext, now, request_id, web


def make_app(
    context: WebContext,
    blueprints: Blueprint | Sequence[Blueprint],
    *,
    templates: Path,
    static: Path | None = None,
) -> Flask:
    """The app of one service; every path carries the prefix `/<service>`.

    Raises `LookupError` when a view has neither `@public` nor `@allow`. Whoever runs the service
    calls `shared.web.health.watch` with it, so that `/readyz` asks after migrations and seeding.
    """
    app = Flask(context.name, static_folder=None, template_folder=None)
    app.extensions["grip"] = context
    observe.install(app)
    security.install(app)
    errors.install(app)
    templating.install(app, templates)
    assets.install(app, static)
    health.install(app)
    operations.install(app)
    for blueprint in [blueprints] if isinstance(blueprints, Blueprint) else blueprints:
        app.register_blueprint(blueprint)
    check_every_view(app)
    return app


__all__ = ["WebContext", "make_app", "now", "request_id", "web"]
