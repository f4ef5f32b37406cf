"""Structured logs, scrubbed: no body, no full number or address leaves a process."""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w:.+-])\+?\(?\d(?:[\s().-]{0,2}\d){8,14}(?![\w:-]|\.\d)")
_TOKEN_IN_PATH = re.compile(r"(/(?:m|me|r|invitations|consults)/)[\w-]{16,}|([?&]token=)[\w.-]+")
_FROM_SERVERS = frozenset({"OperationalError", "BusAway", "DatabaseAway", "TimeoutError"})
_SECRET_FIELDS = frozenset(
    {"body", "name", "email", "phone", "note", "text", "token", "password", "url", "to"}
)


def scrub(text: str) -> str:
    """`text` without addresses, numbers and the secret part of links."""
    text = _EMAIL.sub("[email]", text)
    text = _TOKEN_IN_PATH.sub(lambda found: f"{found[1] or found[2]}[token]", text)
    return _PHONE.sub("[phone]", text)


def where(error: BaseException) -> str:
    """The error's class and the last places it passed through; nothing of its message."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = [f"{'/'.join(Path(each.filename).parts[-3:])}:{each.lineno}" for each in frames]
    return f"{type(error).__name__} at {' > '.join(places) or '?'}"


def described(error: BaseException) -> str:
    """Where it was raised; with its message only when that comes from a server or the system.

    The message of any other error may quote the data it was raised over.
    """
    cause = getattr(error, "orig", None) or error
    if isinstance(error, OSError) or type(cause).__name__ in _FROM_SERVERS:
        return f"{where(error)}: {str(cause).strip().splitlines()[0][:200]}"
    return where(error)


def scrub_entry(
    _logger: Any, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A structlog processor that scrubs every value of a line."""
    for key, value in entry.items():
        if key in _SECRET_FIELDS:
            entry[key] = "[hidden]"
        elif isinstance(value, str) and key not in ("timestamp", "level"):
            entry[key] = scrub(value)
        elif not isinstance(value, int | float | bool | None):
            entry[key] = scrub(str(value))
    return entry


def set_up(*, level: str = "INFO", json_lines: bool = False) -> None:
    """Send all logs, our own and the libraries', to standard error, scrubbed."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        scrub_entry,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if json_lines
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_message_only, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("amqp", "kombu", "twilio", "waitress.queue", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It warns whenever a tick finds the last one still at work, which is as it should be.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def _message_only(
    _logger: Any, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Keep the message of a library's log line; its arguments are already in it."""
    entry.pop("positional_args", None)
    return entry
