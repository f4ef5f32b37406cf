"""How an instant is said to a person, in English and Spanish, and what wall-clock times mean."""

from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
_MONTHS = {
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    "es": (
        "enero", "febrero", "marzo", "abril", "mayo", "junio",
        "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
    ),
}  # fmt: skip
_HALVES = {"en": ("AM", "PM"), "es": ("a. m.", "p. m.")}
# The zones of the United States by the name people use; other zones go by their city.
_NAMES = {
    "America/New_York": ("Eastern", "del Este"),
    "America/Detroit": ("Eastern", "del Este"),
    "America/Indiana/Indianapolis": ("Eastern", "del Este"),
    "America/Kentucky/Louisville": ("Eastern", "del Este"),
    "America/Toronto": ("Eastern", "del Este"),
    "America/Chicago": ("Central", "del Centro"),
    "America/Denver": ("Mountain", "de la Montaña"),
    "America/Boise": ("Mountain", "de la Montaña"),
    "America/Phoenix": ("Arizona", "de Arizona"),
    "America/Los_Angeles": ("Pacific", "del Pacífico"),
    "America/Anchorage": ("Alaska", "de Alaska"),
    "Pacific/Honolulu": ("Hawaii", "de Hawái"),
    "America/Puerto_Rico": ("Puerto Rico", "de Puerto Rico"),  # Atlantic, without summer time
    "America/Halifax": ("Atlantic", "del Atlántico"),
}
_UTC = frozenset(
    f"{area}{name}"
    for area in ("", "Etc/")
    for name in ("GMT", "GMT+0", "GMT-0", "GMT0", "Greenwich", "UCT", "UTC", "Universal", "Zulu")
)
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
# Cities whose name is not quite the last part of their zone's, in English and in Spanish.
_CITIES = {
    "America/Bogota": ("Bogotá", "Bogotá"),
    "America/Havana": ("Havana", "La Habana"),
    "America/Mexico_City": ("Mexico City", "Ciudad de México"),
    "America/Panama": ("Panama", "Panamá"),
    "America/Sao_Paulo": ("São Paulo", "São Paulo"),
    "America/St_Johns": ("Newfoundland", "Terranova"),
    "Africa/Johannesburg": ("Johannesburg", "Johannesburgo"),
    "Asia/Dubai": ("Dubai", "Dubái"),
    "Asia/Kolkata": ("Kolkata", "Calcuta"),
    "Asia/Shanghai": ("Shanghai", "Shanghái"),
    "Asia/Tokyo": ("Tokyo", "Tokio"),
    "Australia/Sydney": ("Sydney", "Sídney"),
    "Australia/West": ("Perth", "Perth"),
    "Brazil/West": ("Manaus", "Manaos"),
    "Europe/Athens": ("Athens", "Atenas"),
    "Europe/Berlin": ("Berlin", "Berlín"),
    "Europe/London": ("London", "Londres"),
    "Europe/Paris": ("Paris", "París"),
}


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    """Whether `name` is an IANA time zone such as "America/New_York"."""
    return name in _zones() and name not in ("localtime", "Factory")


def language(locale: str) -> str:
    """The language we speak for a locale: "es" for any Spanish, else "en"."""
    return "es" if locale.lower().startswith("es") else "en"


def local(at: datetime, tz: str) -> datetime:
    """`at` on the wall clocks of `tz`."""
    return at.astimezone(ZoneInfo(tz))


def is_repeated(at: datetime, tz: str) -> bool:
    """Whether the wall-clock time of `at` in `tz` happens twice that day."""
    wall = local(at, tz)
    return wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset() and exists(wall)


def exists(wall: datetime) -> bool:
    """Whether an aware wall-clock time happens at all (clocks going forward skip some)."""
    back = wall.astimezone(UTC).astimezone(wall.tzinfo)
    return back.replace(tzinfo=None, fold=0) == wall.replace(tzinfo=None, fold=0)


def resolve_local(day: date, at: time, tz: str) -> datetime | None:
    """The instant (UTC) of a wall-clock time; None when clocks skip it, the first when repeated."""
    wall = datetime.combine(day, at, ZoneInfo(tz)).replace(fold=0)
    return wall.astimezone(UTC) if exists(wall) else None


def long_day(at: datetime, tz: str, locale: str = "en") -> str:
    """ "Thursday, January 14" · "jueves 14 de enero"."""
    return day_words(local(at, tz).date(), locale)


def day_words(day: date, locale: str = "en") -> str:
    """A calendar date in words: "Thursday, January 14" · "jueves 14 de enero"."""
    lang = language(locale)
    weekday, month = _DAYS[lang][day.weekday()], _MONTHS[lang][day.month - 1]
    return f"{weekday} {day.day} de {month}" if lang == "es" else f"{weekday}, {month} {day.day}"


def weekday(at: datetime, tz: str, locale: str = "en") -> str:
    """ "Thursday" · "jueves"."""
    return _DAYS[language(locale)][local(at, tz).weekday()]


def weekday_name(number: int, locale: str = "en") -> str:
    """The weekday of this number, Monday being 0: "Monday" · "lunes"."""
    return _DAYS[language(locale)][number]


def clock_time(at: datetime, tz: str, locale: str = "en") -> str:
    """ "2:40 PM" · "2:40 p. m."; with the offset in an hour that happens twice."""
    wall, half = _hour(at, tz, locale)
    return f"{wall} {half}{_offset_if_repeated(at, tz)}"


def at_time(at: datetime, tz: str, locale: str = "en") -> str:
    """ "at 2:40 PM" · "a las 2:40 p. m.", "a la 1:20 p. m."."""
    if language(locale) == "en":
        return f"at {clock_time(at, tz, locale)}"
    article = "la" if local(at, tz).hour % 12 == 1 else "las"
    return f"a {article} {clock_time(at, tz, locale)}"


def until_time(at: datetime, tz: str, locale: str = "en") -> str:
    """ "until 2:40 PM" · "hasta las 2:40 p. m.", "hasta la 1:20 p. m."."""
    first = "until" if language(locale) == "en" else "hasta"
    return f"{first} {at_time(at, tz, locale).partition(' ')[2]}"


def zone_name(tz: str, at: datetime | None = None, locale: str = "en") -> str:
    """ "Eastern Time" · "hora del Este"; others by city, "London Time", or offset, "UTC−5".

    Zones with one name have one clock, whatever the date.
    """
    lang = language(locale)
    if tz in _NAMES:
        english, spanish = _NAMES[tz]
        return f"hora {spanish}" if lang == "es" else f"{english} Time"
    if tz in _UTC:
        return "UTC"
    if tz.startswith("Etc/GMT"):  # named for the way round: Etc/GMT+5 is five hours behind
        return _utc_offset(local(_ANY_TIME, tz))
    plain = tz.rsplit("/", 1)[-1].replace("_", " ")
    city = _CITIES.get(tz, (plain, plain))[lang == "es"]
    return f"hora de {city}" if lang == "es" else f"{city} Time"


def full(at: datetime, tz: str, locale: str = "en") -> str:
    """ "Thursday, January 14, 2:40 PM Eastern Time" · "jueves 14 de enero, 2:40 p. m., hora …"."""
    comma = "," if language(locale) == "es" else ""
    zone = zone_name(tz, at, locale)
    return f"{long_day(at, tz, locale)}, {clock_time(at, tz, locale)}{comma} {zone}"


def span(start: datetime, end: datetime, tz: str, locale: str = "en") -> str:
    """ "2:40 to 3:00 PM, Eastern Time" · "de 2:40 a 3:00 p. m., hora del Este".

    Where the clocks change meanwhile, or an hour happens twice, with offsets.
    """
    (first, first_half), (last, last_half) = _hour(start, tz, locale), _hour(end, tz, locale)
    before, after = local(start, tz), local(end, tz)
    if before.utcoffset() != after.utcoffset():
        first = f"{first} {first_half} ({_utc_offset(before)})"
        last = f"{last} {last_half} ({_utc_offset(after)})"
    elif is_repeated(start, tz) or is_repeated(end, tz):
        first, last = clock_time(start, tz, locale), clock_time(end, tz, locale)
    else:
        first = first if first_half == last_half else f"{first} {first_half}"
        last = f"{last} {last_half}"
    words = f"de {first} a {last}" if language(locale) == "es" else f"{first} to {last}"
    return f"{words}, {zone_name(tz, start, locale)}"


def short(at: datetime, tz: str, locale: str = "en") -> str:
    """For texts: "Thu Jan 14, 2:40 PM Eastern" · "jueves 14 de enero, 2:40 PM, hora del Este"."""
    wall = local(at, tz)
    hour, _ = _hour(at, tz, "en")
    clock = f"{hour} {_HALVES['en'][wall.hour >= 12]}{_offset_if_repeated(at, tz, sign='-')}"
    if language(locale) == "es":
        return f"{long_day(at, tz, 'es')}, {clock}, {zone_name(tz, at, 'es')}"
    zone = zone_name(tz, at, "en").removesuffix(" Time")
    day, month = _DAYS["en"][wall.weekday()][:3], _MONTHS["en"][wall.month - 1][:3]
    return f"{day} {month} {wall.day}, {clock} {zone}"


def _hour(at: datetime, tz: str, locale: str) -> tuple[str, str]:
    wall = local(at, tz)
    return f"{wall.hour % 12 or 12}:{wall.minute:02d}", _HALVES[language(locale)][wall.hour >= 12]


def _offset_if_repeated(at: datetime, tz: str, *, sign: str = "−") -> str:
    if not is_repeated(at, tz):
        return ""
    return f" ({_utc_offset(local(at, tz), sign=sign)})"


def _utc_offset(wall: datetime, *, sign: str = "−") -> str:
    offset = wall.utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset else 0
    hours, rest = divmod(abs(minutes), 60)
    mark = sign if minutes < 0 else "+"
    return f"UTC{mark}{hours}{f':{rest:02d}' if rest else ''}"
