"""What a template may say about a message: stored facts put in the recipient's words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.notify.domain.values import Kind, Purpose
from services.notify.domain.wording import forbidden_words, is_sayable
from services.notify.rendering.writer import national
from services.notify.store import appointments, people
from services.notify.tables import AppointmentRow, EnrollmentRow, MessageRow
from shared import times
from shared.staff import find_staff

_DAY_WORDS = {
    "en": {0: "today", 1: "tomorrow"},
    "es": {0: "hoy", 1: "mañana"},
}
_SOMETHING = {
    "en": "Something needs you. Details are on the page.",
    "es": "Algo necesita su atención. Los detalles están en la página.",
}


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a message goes to, with the zone and language it is said in."""

    name: str
    email: str | None
    phone: str | None
    timezone: str
    locale: str


@dataclass(frozen=True, slots=True)
class Links:
    """How addresses are said: `shorten(link_id, url)` gives the form for a text."""

    base_url: str
    shorten: Callable[[str, str], str]


def addressee_of(session: Session, person_id: str) -> Addressee | None:
    """The person, or the member of staff behind "staff:<id>"."""
    kind, _, staff_id = person_id.partition(":")
    if kind == "staff" and staff_id:
        staff = find_staff(session, staff_id)
        if staff is None or not staff.active:
            return None
        return Addressee(staff.name, staff.email, staff.phone, staff.timezone, staff.locale)
    row = people.find_person(session, person_id)
    if row is None:
        return None
    contact = people.contact_of(row)
    return Addressee(contact.name, contact.email, contact.phone, contact.timezone, contact.locale)


def facts_of(
    session: Session, row: MessageRow, to: Addressee, *, links: Links, now: datetime
) -> dict[str, Any]:
    """Every placeholder that the message's templates may use."""

    def shorten(name: str, url: str) -> _Link:
        return _Link(lambda: links.shorten(f"{row.id}:{name}", url))

    common: dict[str, Any] = {"name": to.name}
    if row.purpose == Purpose.WAITLIST_OFFER:
        return common | _offer_facts(row.snapshot or {}, to, shorten)
    if row.snapshot is not None:
        return common | _snapshot_facts(row, row.snapshot, to, shorten, base_url=links.base_url)
    appointment = appointments.get_appointment(session, row.source, row.person_id)
    if appointment is not None:
        confirmed = "confirmed" in appointments.remarks_of(session, appointment)
        common["confirmed"] = confirmed
        if appointment.kind == Kind.CONSULT:
            return common | _consult_facts(appointment, to, shorten, now=now)
        place = appointments.enrollment_for(session, row.person_id, appointment.cohort_id)
        return common | _session_facts(appointment, place, to, shorten, now=now)
    enrollment = session.get(EnrollmentRow, row.source.partition("/")[2])
    if enrollment is None:
        raise LookupError(f"nothing is known of {row.source}")
    return common | _enrollment_facts(enrollment, to, shorten)


@dataclass(frozen=True, slots=True)
class _Link:
    """A short link that is made only when a template says it."""

    make: Callable[[], str]

    def __str__(self) -> str:
        return self.make()


Shorten = Callable[[str, str], _Link]


def _when(
    start: datetime, end: datetime, zone: str, to: Addressee, now: datetime
) -> dict[str, Any]:
    language = times.language(to.locale)
    ahead = (times.local(start, zone).date() - times.local(now, zone).date()).days
    return {
        "when": times.full(start, zone, to.locale),
        "when_text": times.short(start, zone, to.locale),
        "span": times.span(start, end, zone, to.locale),
        "clock": times.clock_time(start, zone, to.locale),
        "zone": times.zone_name(zone, start, to.locale),
        "day_word": _DAY_WORDS[language].get(ahead, ""),
    }


def _consult_facts(
    row: AppointmentRow, to: Addressee, shorten: Shorten, *, now: datetime
) -> dict[str, Any]:
    details = row.details
    return _when(row.starts_at, row.ends_at, to.timezone, to, now) | {
        "consultant": details["consultant"],
        "video": details["meeting"] == "video",
        "join_url": details.get("join_url") or "",
        "your_phone": national(to.phone) if to.phone else "",
        "manage_url": details["manage_url"],
        "rebook_url": details["rebook_url"],
        "link": shorten("manage", details["manage_url"]),
        "rebook_link": shorten("rebook", details["rebook_url"]),
        "others": [
            {"when": _said(each["starts_at"], to), "url": each["manage_url"]}
            for each in details.get("others", ())
        ],
    }


def _session_facts(
    row: AppointmentRow,
    enrollment: EnrollmentRow | None,
    to: Addressee,
    shorten: Shorten,
    *,
    now: datetime,
) -> dict[str, Any]:
    page_url = enrollment.details["page_url"] if enrollment else ""
    previous = row.details.get("previous_starts_at")
    place = row.details.get("place", "")
    return _when(row.starts_at, row.ends_at, row.venue_timezone, to, now) | {
        "week": row.details["week"],
        "place": "" if forbidden_words(place) else place,
        "page_url": page_url,
        "page_link": shorten("page", page_url) if page_url else "",
        "previous": times.full(datetime.fromisoformat(previous), row.venue_timezone, to.locale)
        if previous
        else "",
    }


def _enrollment_facts(row: EnrollmentRow, to: Addressee, shorten: Shorten) -> dict[str, Any]:
    week = "semana" if times.language(to.locale) == "es" else "week"
    lines: list[str] = []
    texts: list[str] = []
    for each in row.details["sessions"]:
        start, end = (datetime.fromisoformat(each[name]) for name in ("starts_at", "ends_at"))
        zone = each["venue_timezone"]
        day, span = times.long_day(start, zone, to.locale), times.span(start, end, zone, to.locale)
        lines.append(f"{day}, {span} ({week} {each['week']})")
        texts.append(times.short(start, zone, to.locale))
    page_url = row.details["page_url"]
    return {
        "dates": lines,
        "first_when": texts[0] if texts else "",
        "page_url": page_url,
        "page_link": shorten("page", page_url),
    }


def _offer_facts(snapshot: dict[str, Any], to: Addressee, shorten: Shorten) -> dict[str, Any]:
    start, until = (datetime.fromisoformat(snapshot[name]) for name in ("starts_at", "expires_at"))
    return {
        "when": times.full(start, to.timezone, to.locale),
        "when_text": times.short(start, to.timezone, to.locale),
        "held": times.until_time(until, to.timezone, to.locale),
        "url": snapshot["url"],
        "url_link": shorten("url", snapshot["url"]),
    }


def _snapshot_facts(
    row: MessageRow, snapshot: dict[str, Any], to: Addressee, shorten: Shorten, *, base_url: str
) -> dict[str, Any]:
    title, url = snapshot.get("title", ""), snapshot.get("url") or ""
    if row.purpose == Purpose.STAFF_ALERT and not is_sayable(title):
        title, url = _SOMETHING[times.language(to.locale)], url or f"/notify/messages/{row.id}"
    url = f"{base_url}{url}" if url.startswith("/") else url
    return {
        "template": snapshot.get("template", ""),
        "title": title,
        "severity": snapshot.get("severity", ""),
        "url": url,
        "url_link": shorten("url", url) if url else "",
        "until": _said(snapshot.get("expires_at"), to),
        "when": _said(snapshot.get("starts_at"), to),
    }


def _said(at: str | None, to: Addressee) -> str:
    """A stored instant in the recipient's zone and words; nothing when there is none."""
    return times.full(datetime.fromisoformat(at), to.timezone, to.locale) if at else ""
