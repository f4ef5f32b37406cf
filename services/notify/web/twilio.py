"""Twilio's callbacks: receipts and inbound texts. Genuine ones only, in any order, repeated."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from services.notify.use_cases.receive_text import Inbound, receive_text
from services.notify.use_cases.record_receipt import Receipt, record_receipt
from services.notify.web.api import Asked, ReceiptForm, Signed, TextForm, described
from services.notify.web.context import tools
from shared.web.access import public
from shared.web.context import now, web
from shared.web.errors import Refused

callbacks = Blueprint("twilio", __name__, url_prefix="/notify/twilio")
log = structlog.get_logger("grip.web")


class NotGenuine(Refused):
    """The request carries no signature of Twilio's, or a wrong one."""

    slug = "bad-signature"


@callbacks.post("/status")
@public(csrf=False)
@described.callback(form=ReceiptForm, query=Asked, headers=Signed, answers={204: None})
def status() -> ResponseReturnValue:
    """A receipt for one of our messages. An unknown one is fine: nothing to do."""
    _check_signature()
    form = request.form
    receipt = Receipt(
        status=(form.get("MessageStatus") or form.get("SmsStatus") or "")[:20],
        sid=(form.get("MessageSid") or form.get("SmsSid") or "")[:64],
        attempt=_whole(request.args.get("attempt")) or 1,
        code=_whole(form.get("ErrorCode")),
    )
    message_id, at = request.args.get("message", ""), now()
    try:
        web().database.run(lambda session: record_receipt(session, message_id, receipt, now=at))
    except LookupError:
        log.info("receipt for an unknown message")
    return "", 204


@callbacks.post("/inbound")
@public(csrf=False)
@described.callback(form=TextForm, headers=Signed, answers={200: None})
def inbound() -> ResponseReturnValue:
    """A text from somebody. The empty answer makes Twilio send nothing back."""
    _check_signature()
    form = request.form
    text = Inbound(
        sid=(form.get("MessageSid") or form.get("SmsSid") or "")[:64],
        sender=form.get("From", "")[:32],
        body=form.get("Body", "")[:4000],
        opt_out_type=form.get("OptOutType", "")[:16],
    )
    if text.sid and text.sender:
        at, keys = now(), tools().keys
        web().database.run(lambda session: receive_text(session, text, keys=keys, now=at))
    return Response("<Response/>", mimetype="text/xml")


def _check_signature() -> None:
    """Against the configured public address: what headers say of it may be forged."""
    query = request.query_string.decode("ascii", "replace")
    url = web().settings.public_base_url + request.path + (f"?{query}" if query else "")
    parameters = request.form.to_dict(flat=False)
    if not tools().signature.genuine(url, parameters, request.headers.get("X-Twilio-Signature")):
        raise NotGenuine("This did not come from the provider.")


def _whole(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() else None
