"""What cohort says of its interface: there is no JSON in it yet, only pages."""

from __future__ import annotations

from flask import Blueprint

from shared.web.openapi import Api

pages = Blueprint("api", __name__, url_prefix="/cohort/api/v1")
Api(
    "cohort",
    title="Cohort",
    description="Applicants, cohorts, sessions and enrollment. Pages only: no JSON operations yet.",
).attach(pages)
