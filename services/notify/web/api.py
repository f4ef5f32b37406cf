"""What notify says of its interface. It takes no JSON: providers post forms to it."""

from __future__ import annotations

from flask import Blueprint
from pydantic import BaseModel, Field

from shared.web.openapi import Api

pages = Blueprint("api", __name__, url_prefix="/notify/api/v1")
described = Api(
    "notify",
    title="Notify",
    description="Twilio's callbacks: receipts of our texts, and texts that people send us.",
)


class Signed(BaseModel):
    """What shows that a request comes from Twilio."""

    signature: str = Field(
        alias="X-Twilio-Signature", description="Over the public address and all parameters"
    )


class Asked(BaseModel):
    """Which message a receipt is about, as the status callback's address says it."""

    message: str = Field(description="Our id of the message")
    attempt: int = Field(1, description="Which call to the provider, counted from 1")


class ReceiptForm(BaseModel):
    """A receipt; Twilio sends further fields, which are signed too."""

    MessageSid: str
    MessageStatus: str = Field(description="queued, sending, sent, delivered, undelivered, failed")
    ErrorCode: str = Field("", description="Twilio's code, where it failed")


class TextForm(BaseModel):
    """A text from somebody; Twilio sends further fields, which are signed too."""

    MessageSid: str
    From: str = Field(description="E.164")
    Body: str
    OptOutType: str = Field("", description="STOP, START or HELP, where Twilio found one")


described.attach(pages)
