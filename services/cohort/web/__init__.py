"""Cohort's pages."""

from __future__ import annotations

from flask import Blueprint

from services.cohort.web import (
    account,
    api,
    applicants,
    cohorts,
    me,
    members,
    sign_in,
    staff,
    today,
)


def blueprints() -> list[Blueprint]:
    """All of the service's pages, under /cohort."""
    modules = (sign_in, account, today, applicants, cohorts, members, staff, me, api)
    return [module.pages for module in modules]
