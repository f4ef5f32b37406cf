"""Cohort describes its interface, empty as it still is."""

from pathlib import Path

from tests.conftest import NOW
from tests.integration.cohort.site import open_site


def test_the_openapi_document_is_served_without_sign_in(tmp_path: Path) -> None:
    site = open_site(f"sqlite:///{tmp_path / 'cohort.sqlite3'}", NOW)
    answer = site.client().get("/cohort/api/v1/openapi.json")
    site.service.database.dispose()
    assert answer.status_code == 200
    described = answer.get_json()
    assert described["openapi"].startswith("3.1")
    assert described["paths"] == {}
