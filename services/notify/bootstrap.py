"""Builds the service from its settings: the only place where its objects are made."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from services.notify.adapters.capture import Capture
from services.notify.adapters.smtp import SmtpEmails, parse_url
from services.notify.adapters.twilio import TwilioAccount, TwilioTexts
from services.notify.adapters.twilio_signature import TwilioSignature
from services.notify.consumer import subscriptions
from services.notify.jobs import Dispatcher, Gateways, jobs
from services.notify.keys import Keys
from services.notify.ports import EmailGateway, TextGateway
from services.notify.rendering.writer import Practice, Writer
from services.notify.settings import NotifySettings
from services.notify.tables import Base
from services.notify.use_cases.compose_message import Stationery
from services.notify.web import blueprints
from services.notify.web.context import Tools, install_tools
from shared.crypto import Blind, Cipher
from shared.db import Database
from shared.links import LinkSigner
from shared.service import Parts, Service
from shared.web.app import WebContext, make_app

HERE = Path(__file__).parent
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def build(settings: NotifySettings, parts: Parts) -> Service:
    """The service, ready to be migrated and run."""
    database = Database(
        settings.database_url,
        service="notify",
        cipher=Cipher(settings.cipher_keys),
        entropy=parts.entropy,
    )
    keys = make_keys(settings)
    stationery = Stationery(Writer(practice_of(settings)), keys)
    dispatcher = Dispatcher(
        database,
        parts.clock,
        stationery,
        choose_gateways(settings, database),
        stopping=parts.stopping,
    )
    context = WebContext(
        name="notify",
        settings=settings,
        database=database,
        clock=parts.clock,
        entropy=parts.entropy,
    )
    app = make_app(context, blueprints(), templates=HERE / "web" / "templates")
    install_tools(
        app,
        Tools(
            stationery=stationery,
            signature=TwilioSignature(settings.twilio_auth_token.get_secret_value()),
            texts_captured=not settings.sends_texts,
            emails_captured=not settings.sends_email,
        ),
    )
    return Service(
        name="notify",
        database=database,
        app=app,
        subscriptions=subscriptions(keys),
        jobs=jobs(dispatcher),
        migrations=HERE / "migrations",
        metadata=Base.metadata,
    )


def make_keys(settings: NotifySettings) -> Keys:
    """The service's keys, derived from the settings' secret."""
    return Keys(
        blind=Blind(settings.secret_for("blind")),
        links=LinkSigner(settings.secret_for("links")),
        base_url=settings.public_base_url,
    )


def practice_of(settings: NotifySettings) -> Practice:
    """Who is writing, as the settings say."""
    return Practice(
        name=settings.practice_name,
        sms_name=settings.practice_sms_name,
        phone=settings.practice_phone,
        crisis_text=settings.crisis_text,
        base_url=settings.public_base_url,
        mail_from=settings.mail_from,
        crisis_text_es=settings.crisis_text_es,
    )


def choose_gateways(settings: NotifySettings, database: Database) -> Gateways:
    """Twilio when its credentials are set, SMTP when its URL is; otherwise captured."""
    texts: TextGateway = Capture(database, "sms")
    emails: EmailGateway = Capture(database, "email")
    if settings.sends_texts:
        texts = TwilioTexts(_account(settings))
    if settings.sends_email:
        server = parse_url(settings.smtp_url.get_secret_value())
        emails = SmtpEmails(server, settings.practice_sms_name, settings.mail_from)
    return Gateways(
        texts=texts,
        emails=emails,
        texts_per_second=settings.twilio_per_second if settings.sends_texts else None,
        timeout=timedelta(seconds=max(settings.twilio_timeout_s, 20)),
    )


def _account(settings: NotifySettings) -> TwilioAccount:
    base = settings.public_base_url
    unreachable = urlsplit(base).hostname in _LOOPBACK and not settings.twilio_api_url
    return TwilioAccount(
        sid=settings.twilio_account_sid,
        token=settings.twilio_auth_token.get_secret_value(),
        messaging_service_sid=settings.twilio_messaging_service_sid,
        sender=settings.twilio_from,
        timeout_s=settings.twilio_timeout_s,
        api_url=settings.twilio_api_url,
        callback_base="" if unreachable else base,
    )
