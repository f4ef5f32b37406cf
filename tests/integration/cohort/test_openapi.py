"""Cohort describes its interface, empty as it still is."""

from pathlib import Path

from tests.integration.cohort.site import open_site
from tests.integration.cohort.test_pages import NOW


def test_the_openapi_document_is_served_without_sign_in(tmp_path: Path) -> None:
    site = open_site(f"sqlite:///{tmp_path / 'cohort.sqlite3'}", NOW)
    answer = site.client().get("/cohort/api/v1/openapi.json")
    site.service.database.dispose()
    assert answer.status_code == 200
    assert answer.json["openapi"].startswith("3.1")
    assert answer.json["paths"] == {}
