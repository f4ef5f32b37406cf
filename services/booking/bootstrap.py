"""Builds the service from its settings: the only place where its objects are made."""

from pathlib import Path

from sqlalchemy import exists, select

from services.booking.adapters.web_calendars import WebCalendars
from services.booking.consumer import subscriptions
from services.booking.jobs import jobs
from services.booking.keys import Keys
from services.booking.queries.unread import unread_calendars
from services.booking.settings import BookingSettings
from services.booking.tables import Base, ConsultantRow
from services.booking.web import blueprints
from services.booking.web.context import install_keys
from services.booking.web.suspects import install_watch
from shared.crypto import Blind, Cipher
from shared.db import Database
from shared.links import LinkSigner
from shared.service import Parts, Service
from shared.settings import GripSettings
from shared.web.app import WebContext, make_app

HERE = Path(__file__).parent


def build(settings: BookingSettings, parts: Parts) -> Service:
    """The service, ready to be migrated and run."""
    database = Database(
        settings.database_url,
        service="booking",
        cipher=Cipher(settings.cipher_keys),
        entropy=parts.entropy,
    )
    keys = make_keys(settings)

    def ready() -> list[str]:
        with database.reading() as session:
            staffed = session.scalar(select(exists().where(ConsultantRow.active)))
        return [] if staffed else ["no consultant yet: run grip seed"]

    def notes() -> list[str]:
        with database.reading() as session:
            unread = unread_calendars(session, now=parts.clock.now())
        closed = "own calendar is unread, so their times are not offered"
        return [f"{each.name}'s {closed}. {each.why}" for each in unread]

    calendars = WebCalendars(settings.calendars_may_be_private, parts.stopping)
    context = WebContext(
        name="booking",
        settings=settings,
        database=database,
        clock=parts.clock,
        entropy=parts.entropy,
    )
    here = HERE / "web"
    app = make_app(context, blueprints(), templates=here / "templates", static=here / "static")
    install_keys(app, keys)
    install_watch(app)
    return Service(
        name="booking",
        database=database,
        app=app,
        subscriptions=subscriptions(keys),
        jobs=jobs(database, keys, calendars),
        migrations=HERE / "migrations",
        metadata=Base.metadata,
        ready=ready,
        notes=notes,
    )


def make_keys(settings: GripSettings) -> Keys:
    """The service's keys, derived from the settings' secret."""
    return Keys(
        blind=Blind(settings.secret_for("blind")),
        signer=LinkSigner(settings.secret_for("links")),
        base_url=settings.public_base_url,
    )
