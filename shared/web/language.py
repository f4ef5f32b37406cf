"""The language of a page: English, in which our texts are written, or one they are translated to.

`translations/<language>.po`, of the shared pages and of each service, are read at the start.
A service's pages speak the languages that its own folder holds, beside English. The address
decides (`?lang=es`), then the booking that a personal page is about, then the form that was sent,
then the browser; links and forms carry on what the address said. Staff pages and the API speak
English.
"""

from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, Response, current_app, g, has_request_context, request
from werkzeug.exceptions import HTTPException

from shared import times
from shared.web.auth import access, is_api, signed_in

SOURCE = "en"
"""The language of the texts themselves."""
NAMES: Mapping[str, str] = {"en": "English", "es": "Español"}
"""Each language by its own name."""
PARAMETER = "lang"
SHARED = Path(__file__).parent / "translations"

_UNCARRIED = ("assets.", "api.")
_EXTENSION = "grip_languages"


def install(app: Flask, folder: Path) -> None:
    """Let the app's pages speak the languages of this folder, and its addresses carry them."""
    texts = {SOURCE: NullTranslations()} | {
        po.stem: _together(po, SHARED / po.name) for po in sorted(folder.glob("*.po"))
    }
    app.extensions[_EXTENSION] = texts
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    install_callables = app.jinja_env.install_gettext_callables  # type: ignore[attr-defined]
    install_callables(_gettext, _ngettext, newstyle=True)
    app.jinja_env.globals.update(
        language=language,
        languages=languages,
        language_name=NAMES.__getitem__,
        carried=carried,
        other_address=other_address,
    )
    app.jinja_env.filters["said"] = gettext  # for a text that comes in a variable
    app.url_defaults(_carry)
    app.after_request(_vary)


def language() -> str:
    """The language of this page: "en" or "es"."""
    if not has_request_context() or not _speaks_others():
        return SOURCE
    for asked in (carried(), g.get("grip_language", ""), _sent()):
        if asked:
            return cast("str", asked)
    g.grip_language_varies = True
    preferred = (_known(tag.partition("-")[0].lower()) for tag in request.accept_languages.values())
    return next(filter(None, preferred), SOURCE)


def languages() -> list[str]:
    """The languages that this service's pages speak."""
    return list(current_app.extensions[_EXTENSION])


def speak(locale: str) -> None:
    """Let this page speak the language of the person it is about, unless the address differs."""
    g.grip_language = _known(times.language(locale))


def carried() -> str:
    """The language that the address asks for, and every link carries on; else nothing."""
    return _known(request.args.get(PARAMETER, "")) if has_request_context() else ""


def gettext(message: str, **values: object) -> str:
    """The message in the language of this page; `%(name)s` stands for a value."""
    text = _gettext(message)
    return text % values if values else text


def ngettext(one: str, many: str, count: int, **values: object) -> str:
    """One of two messages, by a count; `%(num)s` stands for the count."""
    return _ngettext(one, many, count) % {"num": count, **values}


def other_address(lang: str, here: str = "") -> str:
    """The address of this page, or of `here`, in another language."""
    asked = urlsplit(here or f"{quote(request.path)}?{request.query_string.decode('latin-1')}")
    query = [pair for pair in parse_qsl(asked.query) if pair[0] != PARAMETER]
    return f"/{asked.path.lstrip('/')}?{urlencode([*query, (PARAMETER, lang)])}"


def _speaks_others() -> bool:
    if is_api() or len(languages()) == 1:
        return False
    mark = access()
    return signed_in() is None and (mark is None or mark.action is None)


def _sent() -> str:
    """What the form that was sent says; a form too large to be read says nothing."""
    if request.method != "POST":
        return ""
    try:
        form = request.form
    except HTTPException:
        return ""
    return _known(form.get(PARAMETER, "")) or _known(form.get("locale", ""))


def _known(lang: str) -> str:
    return lang if lang in current_app.extensions[_EXTENSION] else ""


def _texts() -> NullTranslations:
    if not has_request_context():
        return NullTranslations()
    return cast("NullTranslations", current_app.extensions[_EXTENSION][language()])


def _gettext(message: str) -> str:
    return _texts().gettext(message) if message else ""


def _ngettext(one: str, many: str, count: int) -> str:
    return _texts().ngettext(one, many, count)


def _carry(endpoint: str, values: dict[str, Any]) -> None:
    if PARAMETER not in values and not endpoint.startswith(_UNCARRIED) and carried():
        values[PARAMETER] = carried()


def _vary(response: Response) -> Response:
    if g.get("grip_language_varies"):
        response.vary.add("Accept-Language")
    return response


@cache
def _together(*files: Path) -> NullTranslations:
    """The texts of these files; the first that has a message says it."""
    found: NullTranslations | None = None
    for file in files:
        if not file.exists():
            continue
        read = _read(file)
        if found is None:
            found = read
        else:
            found.add_fallback(read)
    return found or NullTranslations()


def _read(file: Path) -> NullTranslations:
    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=file.stem, abort_invalid=True))
    compiled.seek(0)
    return GNUTranslations(compiled)
