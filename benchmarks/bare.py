"""The baselines as web applications: what a bare route takes for the same bytes or INSERTs."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql

from services.booking.domain.cells import CELL
from services.booking.domain.consultant import LENGTH
from services.booking.settings import BookingSettings
from services.booking.tables import Base, ConsultantRow
from shared.crypto import Cipher
from shared.db.common import outbox
from shared.db.engine import make_engine
from shared.entropy import Entropy, SystemEntropy


def same_bytes() -> Flask:
    """GET /same: the bytes in the file that GRIP_BENCH_BYTES names."""
    app = Flask("bare")
    body = Path(os.environ["GRIP_BENCH_BYTES"]).read_bytes()

    @app.get("/same")
    def same() -> Response:
        return Response(body, mimetype="application/json")

    return app


def same_inserts() -> Flask:
    """POST /insert: what one booking writes, in one transaction and nothing else."""
    app = Flask("bare")
    settings = BookingSettings()
    entropy = SystemEntropy()
    engine = make_engine(settings.database_url, cipher=Cipher(settings.cipher_keys))
    with engine.connect() as connection:
        who = connection.execute(select(ConsultantRow.id).limit(1)).scalar_one()

    @app.get("/ready")
    def ready() -> str:
        return "ready"

    @app.post("/insert")
    def insert_all() -> ResponseReturnValue:
        body = request.get_json()
        with engine.begin() as connection:
            _write(connection, body, consultant=who, entropy=entropy)
        return {"id": body["start"]}, 201

    return app


def _write(
    connection: Connection, body: dict[str, Any], *, consultant: str, entropy: Entropy
) -> None:
    start = datetime.fromisoformat(body["start"])
    person, consult, now = entropy.uuid(), entropy.uuid(), start
    chosen = {
        "timezone": body["timezone"],
        "locale": body["locale"],
        "contact_by": "email",
        "consent_granted": False,
        "consent_version": "sms-consult-1",
        "consent_method": "api",
        "consent_at": now,
    }
    given = {"name": body["name"], "email": body["email"], "phone": body["phone"]}
    write = connection.execute
    write(insert(_ANSWER), {
        "key_digest": entropy.token(32), "body_digest": entropy.token(32), "consult_id": consult,
        "starts_at": start, "created_at": now,
    })  # fmt: skip
    write(insert(_PERSON), {
        "id": person, "version": 1, "owner": "booking", **given, "email_digest": entropy.token(32),
        "phone_digest": entropy.token(32), "possible_duplicate": False, "created_at": now, **chosen,
    })  # fmt: skip
    write(insert(_MATCH), {"contact_digest": entropy.token(32), "person_id": person})
    write(insert(_CONSULT), {
        "id": consult, "person_id": person, "consultant_id": consultant, "starts_at": start,
        "held_from": start, "held_until": start + LENGTH, "day": start.date(), "meeting": "phone",
        "status": "booked", "occupies": True, "given": given, "revision": 1,
        "nonce": entropy.token(16), "token_digest": entropy.token(32), "booked_at": now, **chosen,
    })  # fmt: skip
    # A consultant of this booking's own: nothing is in its way, and nobody waits for a lock.
    cells = [start + timedelta(days=3650, minutes=minute) for minute in range(0, 20, CELL)]
    write(insert(_CELL).values([
        {"consultant_id": consultant, "cell_start": cell, "consult_id": consult} for cell in cells
    ]))  # fmt: skip
    day = {"consultant_id": consultant, "day": start.date() + timedelta(days=3650)}
    write(
        postgresql.insert(_DAY).values({**day, "booked": 0, "changes": 0}).on_conflict_do_nothing()
    )
    write(
        update(_DAY)
        .where(_DAY.c.consultant_id == consultant, _DAY.c.day == day["day"])
        .values(booked=_DAY.c.booked + 1, changes=_DAY.c.changes + 1)
    )
    write(insert(outbox), {
        "event_id": entropy.uuid(), "type": "consult.booked", "subject": f"consult/{consult}",
        "envelope": "x" * 1200, "created_at": now, "available_at": now,
    })  # fmt: skip


_ANSWER, _PERSON, _MATCH, _CONSULT, _CELL, _DAY = (
    Base.metadata.tables[name]
    for name in ("answer", "person", "person_match", "consult", "consult_cell", "consult_day")
)
