"""The environment, typed. Each service adds its own database URL to these."""

import base64
import hashlib
import hmac
import os
import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.entropy import Entropy
from shared.times import is_zone

DEFAULT_CRISIS_TEXT = (
    "Need to talk to someone right now? Call or text 988 at any hour, free, in English or "
    "Spanish. In an emergency call 911."
)
DEFAULT_CRISIS_TEXT_ES = (
    "¿Necesita hablar con alguien ahora mismo? Llame o envíe un mensaje de texto al 988, a "
    "cualquier hora, gratis, en inglés o español. En una emergencia llame al 911."
)


class GripSettings(BaseSettings):
    """Settings that all services read, from variables that begin with GRIP_."""

    model_config = SettingsConfigDict(
        env_prefix="GRIP_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    env: Literal["embedded", "production"] = "embedded"
    """`production` refuses to start without real secrets."""
    data_dir: Path = Path(__file__).resolve().parent.parent / "var"
    """Where the embedded set-up keeps its databases and its secrets; `var` beside `grip`."""
    public_base_url: str = "http://127.0.0.1:8000"
    """What links in messages begin with; no slash at the end."""
    secret_key: SecretStr = SecretStr("")
    """All signing keys are derived from it. The embedded set-up makes one in the data folder."""
    field_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    """Fernet keys for fields, separated by commas; the first seals, all open."""
    bus_url: SecretStr = SecretStr("memory://")
    """memory:// (one process) or amqp://user:password@host:port/vhost (RabbitMQ)."""
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    """How many proxies stand in front and set X-Forwarded-For and -Proto."""

    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_messaging_service_sid: str = ""
    twilio_from: str = ""
    """The sending number in E.164, when there is no messaging service."""
    twilio_api_url: str = ""
    """Another address for the Twilio API (a stand-in); empty means Twilio's own."""
    twilio_timeout_s: float = Field(default=10, gt=0)
    twilio_per_second: float = Field(default=1, gt=0)
    """Texts a second from this sender, held across workers."""
    smtp_url: SecretStr = SecretStr("")
    """smtp://user:password@host:587 (STARTTLS) or smtps://…:465; empty means captured."""
    mail_from: str = "hello@example.org"

    practice_name: str = "Harbor House"
    practice_sms_name: str = "Harbor House"
    """What texts and subject lines say; linted against clinical words."""
    practice_phone: str = "+12075550142"
    """E.164."""
    practice_timezone: str = "America/New_York"
    crisis_text: str = DEFAULT_CRISIS_TEXT
    crisis_text_es: str = DEFAULT_CRISIS_TEXT_ES
    """The same on Spanish pages and in Spanish messages."""
    exit_url: str = "https://www.weather.gov/"
    """The neutral site that *Exit this page* goes to."""
    rate_limit_scale: float = Field(default=1, gt=0)
    """Multiplies every rate limit."""
    undo_s: float = Field(default=60, ge=0, le=600)
    """Seconds in which staff can take back what they recorded, before others are told of it."""
    spam_check: Literal["on", "off"] = "on"
    """`off` is refused in production."""
    embed_origins: Annotated[tuple[str, ...], NoDecode] = ()
    """Sites that may show the booking page within their own, such as https://example.org."""
    calendars_may_be_private: bool = False
    """Whether a consultant's own calendar may be read from an address of a private network."""

    @field_validator("field_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("embed_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.rstrip("/") for part in value.replace(",", " ").split())
        return value

    @field_validator("embed_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(_is_origin(each) for each in value):
            raise ValueError("must be origins such as https://example.org, separated by commas")
        return value

    @field_validator("field_keys")
    @classmethod
    def _fernet_keys(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if not all(_is_fernet_key(key.get_secret_value()) for key in value):
            raise ValueError(
                "must be Fernet keys, separated by commas (.env.example says how to make one)"
            )
        return value

    @field_validator("bus_url")
    @classmethod
    def _broker_or_memory(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if not url.startswith("memory:") and not _names_server(url, "amqp", "amqps"):
            raise ValueError(
                "must be amqp://user:password@host:port/vhost with the password percent-encoded, "
                "or memory://"
            )
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: SecretStr) -> SecretStr:
        if (url := value.get_secret_value()) and not _names_server(url, "smtp", "smtps"):
            raise ValueError(
                "must be smtp://user:password@host:587 or smtps://user:password@host:465 "
                "with user and password percent-encoded"
            )
        return value

    @field_validator("*")
    @classmethod
    def _database_urls(cls, value: Any, info: ValidationInfo) -> Any:
        """Every service adds one; none may reach a driver, whose errors repeat what they read."""
        if str(info.field_name).endswith("_database_url") and not _is_database_url(value):
            raise ValueError(
                "must be sqlite:///path or postgresql://user:password@host:port/name "
                "with the password percent-encoded"
            )
        return value

    @field_validator("public_base_url")
    @classmethod
    def _whole_url(cls, value: str) -> str:
        if not _names_server(value, "http", "https"):
            raise ValueError("must begin with http:// or https:// and name a host")
        return value.rstrip("/")

    @field_validator("practice_timezone")
    @classmethod
    def _real_zone(cls, value: str) -> str:
        if not is_zone(value):
            raise ValueError("must be an IANA time zone such as America/New_York")
        return value

    @model_validator(mode="after")
    def _production_is_safe(self) -> "GripSettings":
        problems = self.production_problems() if self.env == "production" else []
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def production_problems(self) -> list[str]:
        """Why these settings may not run a real practice; empty when they may."""
        keys = [key.get_secret_value() for key in self.field_keys]
        secret = self.secret_key.get_secret_value()
        checks = (
            (len(secret) < 32, "GRIP_SECRET_KEY needs at least 32 characters"),
            (not keys, "GRIP_FIELD_KEYS needs at least one Fernet key"),
            (secret in keys, "GRIP_SECRET_KEY must differ from GRIP_FIELD_KEYS"),
            (
                not self.public_base_url.startswith("https://"),
                "GRIP_PUBLIC_BASE_URL must begin with https://",
            ),
            (self.spam_check == "off", "GRIP_SPAM_CHECK may not be off"),
            (self.bus_is_local, "GRIP_BUS_URL must name a RabbitMQ broker"),
            (
                bool(self.twilio_account_sid) and not self.twilio_auth_token.get_secret_value(),
                "GRIP_TWILIO_AUTH_TOKEN is missing",
            ),
        )
        return [problem for wrong, problem in checks if wrong]

    def secret_for(self, purpose: str) -> str:
        """The key for one purpose ("links", "staff-cookie", …), derived from `secret_key`."""
        key = self.secret_key.get_secret_value().encode()
        mac = hmac.new(key, f"grip/{purpose}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(mac).decode()

    @cached_property
    def cipher_keys(self) -> tuple[str, ...]:
        """The Fernet keys of `field_keys`; without any, one derived from `secret_key`."""
        keys = tuple(key.get_secret_value() for key in self.field_keys)
        return keys or (self.secret_for("fields"),)

    @property
    def bus_is_local(self) -> bool:
        """Whether events pass within this one process rather than through a broker."""
        return self.bus_url.get_secret_value().startswith("memory:")

    @property
    def sends_texts(self) -> bool:
        """Whether texts go to Twilio rather than being captured."""
        sender = self.twilio_messaging_service_sid or self.twilio_from
        return bool(
            self.twilio_account_sid and self.twilio_auth_token.get_secret_value() and sender
        )

    @property
    def sends_email(self) -> bool:
        """Whether email goes to a mail server rather than being captured."""
        return bool(self.smtp_url.get_secret_value())

    def sqlite_url(self, service: str) -> str:
        """The embedded database of `service` in the data folder."""
        return f"sqlite:///{(self.data_dir / f'{service}.sqlite3').resolve()}"


def _names_server(url: str, *schemes: str, host_needed: bool = True) -> bool:
    """Whether `url` has one of `schemes` and divides the way it was meant.

    In a password that is not percent-encoded, a /, ? or # ends the host and leaves the @ behind
    it, an @ comes twice, and what stands after a : is no port.
    """
    try:
        parts = urlsplit(url)
        good_port = parts.port != 0
    except ValueError:
        return False
    behind = parts.path + parts.query + parts.fragment
    clear = parts.netloc.count("@") <= 1 and "@" not in behind and url.isprintable()
    named = bool(parts.hostname) or not host_needed
    return parts.scheme in schemes and "://" in url and good_port and clear and named


def _is_origin(text: str) -> bool:
    """Whether it is a scheme and a host, and a port perhaps, that may stand in a header."""
    parts = urlsplit(text)
    plain = not re.search(r"[^A-Za-z0-9:/.\[\]-]", text)
    bare = text == f"{parts.scheme}://{parts.netloc}" and "@" not in text
    return plain and bare and _names_server(text, "http", "https")


def _is_database_url(url: str) -> bool:
    """Empty (the default), a SQLite file, or PostgreSQL; without a host that is a socket's."""
    if url.startswith("sqlite:"):
        return url == "sqlite://" or url.startswith("sqlite:///")
    return not url or _names_server(url, "postgresql", "postgresql+psycopg", host_needed=False)


def _is_fernet_key(key: str) -> bool:
    from cryptography.fernet import Fernet

    try:
        Fernet(key)
    except ValueError:
        return False
    return True


def local_secret(data_dir: Path, entropy: Entropy) -> str:
    """The embedded set-up's own secret, made in the data folder at the first start.

    Only its owner may read the file. Raises `OSError` when the folder can't be written.
    """
    path = data_dir / "secret-key"
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        draft = data_dir / f"secret-key.{entropy.token(8)}"
        draft.touch(mode=0o600)
        draft.write_text(entropy.token(32))
        try:
            os.link(draft, path)  # whoever comes second finds the first one's
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
