"""The dates on which no session is held: public holidays of a region and the practice's own."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.cohort.domain.errors import Invalid
from services.cohort.tables import ClosedDateRow

LOOK_AHEAD = timedelta(weeks=60)
"""Longer than any series may take."""
COUNTRIES = {
    "US": "United States (federal)",
    "CA": "Canada",
    "MX": "Mexico",
    "GB": "United Kingdom",
    "IE": "Ireland",
    "DE": "Germany",
    "ES": "Spain",
    "AU": "Australia",
    "NZ": "New Zealand",
}


def closed_dates(session: Session, *, start: date, region: str) -> dict[date, str]:
    """Each closed date from `start` on, with its reason. Raises `Invalid` for unknown regions."""
    end = start + LOOK_AHEAD
    closed = {
        day: name
        for year in range(start.year, end.year + 1)
        for day, name in _public_holidays(region, year)
        if start <= day <= end
    }
    own = select(ClosedDateRow).where(ClosedDateRow.day.between(start, end))
    closed.update({row.day: row.reason for row in session.scalars(own)})
    return closed


@cache
def regions() -> dict[str, str]:
    """The regions that a cohort may follow, by code: countries, and the states of the US."""
    import holidays

    states = holidays.country_holidays("US").get_subdivision_aliases()
    named = {f"US-{code}": (names[0] if names else code) for code, names in states.items()}
    return {**COUNTRIES, **dict(sorted(named.items(), key=lambda item: item[1]))}


@cache
def _public_holidays(region: str, year: int) -> tuple[tuple[date, str], ...]:
    if not region:
        return ()
    if region not in regions():
        raise Invalid("Choose a region from the list.", fields={"region": "Choose from the list."})
    import holidays

    country, _, state = region.partition("-")
    found = holidays.country_holidays(country, subdiv=state or None, years=year)
    return tuple(sorted(found.items()))
