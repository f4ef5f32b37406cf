"""Builds the service from its settings: the only place where its objects are made."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from services.cohort.consumer import subscriptions
from services.cohort.jobs import jobs
from services.cohort.keys import Keys
from services.cohort.settings import CohortSettings
from services.cohort.tables import Base, StaffRow
from services.cohort.web import blueprints
from services.cohort.web.context import install_keys
from shared.crypto import Blind, Cipher
from shared.db import Database
from shared.links import LinkSigner
from shared.service import Parts, Service
from shared.settings import GripSettings
from shared.web.app import WebContext, make_app

HERE = Path(__file__).parent


def build(settings: CohortSettings, parts: Parts) -> Service:
    """The service, ready to be migrated and run."""
    database = Database(
        settings.database_url,
        service="cohort",
        cipher=Cipher(settings.cipher_keys),
        entropy=parts.entropy,
    )
    keys = make_keys(settings)

    def ready() -> list[str]:
        with database.reading() as session:
            staffed = session.scalar(select(func.count()).select_from(StaffRow))
        return [] if staffed else ["no staff account yet: run grip seed, or grip staff add"]

    context = WebContext(
        name="cohort",
        settings=settings,
        database=database,
        clock=parts.clock,
        entropy=parts.entropy,
    )
    app = make_app(context, blueprints(), templates=HERE / "web" / "templates")
    install_keys(app, keys)
    return Service(
        name="cohort",
        database=database,
        app=app,
        subscriptions=subscriptions(keys),
        jobs=jobs(database),
        migrations=HERE / "migrations",
        metadata=Base.metadata,
        ready=ready,
    )


def make_keys(settings: GripSettings) -> Keys:
    """The service's keys, derived from the settings' secret."""
    return Keys(
        links=LinkSigner(settings.secret_for("links")),
        blind=Blind(settings.secret_for("blind")),
        base_url=settings.public_base_url,
    )
