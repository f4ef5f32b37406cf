"""The baselines as web applications: what a bare route takes for the same bytes or INSERTs."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, Response


def same_bytes() -> Flask:
    """GET /same: the bytes in the file that GRIP_BENCH_BYTES names."""
    app = Flask("bare")
    body = Path(os.environ["GRIP_BENCH_BYTES"]).read_bytes()

    @app.get("/same")
    def same() -> Response:
        return Response(body, mimetype="application/json")

    return app
