"""Public holidays of a region: a country ("US"), or a country and a part of it ("US-ME")."""

import re
from datetime import date
from functools import lru_cache

_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,6})?", re.ASCII)
LANGUAGE = "en_US"
"""Staff pages are in English; where a country's holidays have no English name, its own is said."""


def is_region(region: str) -> bool:
    """Whether the holidays of this region are known."""
    import holidays

    if not _REGION.fullmatch(region):
        return False
    country, _, part = region.partition("-")
    parts = holidays.list_supported_countries().get(country)
    return parts is not None and (not part or part in parts)


@lru_cache(maxsize=8)
def regions_of(country: str) -> tuple[str, ...]:
    """The country and its parts, as `is_region` knows them."""
    import holidays

    parts = holidays.list_supported_countries().get(country, [])
    return (country, *(f"{country}-{part}" for part in parts))


def holidays_between(region: str | None, first: date, last: date) -> dict[date, str]:
    """The holidays from `first` to `last`, both included, by date; none without a region.

    A region that the library has dropped since it was chosen has none either: the people who
    work there set their days off by date.
    """
    if region is None:
        return {}
    found = {}
    for year in range(first.year, last.year + 1):
        found.update(_of_year(region, year))
    return {day: name for day, name in sorted(found.items()) if first <= day <= last}


@lru_cache(maxsize=512)
def _of_year(region: str, year: int) -> dict[date, str]:
    import holidays

    if not is_region(region):
        return {}
    country, _, part = region.partition("-")
    found = holidays.country_holidays(country, subdiv=part or None, years=year, language=LANGUAGE)
    return {day: name for day, name in found.items() if day.year == year}
