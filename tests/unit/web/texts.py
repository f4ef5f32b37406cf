"""Every sentence that a page may say, found in templates and code."""

import ast
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from services.booking.web.wording import ZONES
from shared.web.problems import KINDS
from shared.web.templating import NUMBERS

ROOT = Path(__file__).resolve().parents[3]
Message = str | tuple[str, ...]
_HOW = {
    "**.html": {
        "extensions": "jinja2.ext.i18n",
        "newstyle_gettext": "true",
        "trimmed": "true",
        "silent": "false",
    }
}


def called_for(web: Path) -> dict[Message, str]:
    """What the templates and views in this folder ask to be translated, with where."""
    found: dict[Message, str] = {}
    methods = [("**.py", "python"), ("**.html", "jinja2")]
    for name, line, message, *_ in extract_from_dir(web, methods, _HOW):
        found.setdefault(
            tuple(message) if isinstance(message, tuple) else message, f"{name}:{line}"
        )
    return found


def said_by(path: Path) -> dict[Message, str]:
    """The sentences that a module raises, keeps under a name or has as a default."""
    tree = ast.parse(path.read_text())
    name = str(path.relative_to(ROOT))
    texts = [*_kept(tree), *_raised(tree), *_defaults(tree)]
    return {text: name for text in texts if text.endswith((".", "?"))}


def everywhere(service: str) -> tuple[dict[Message, str], dict[Message, str]]:
    """What the shared pages say, and what those of a service say, each with where it stands."""
    shared = called_for(ROOT / "shared/web")
    for name in ("auth", "errors", "limits", "reading", "security"):
        shared |= said_by(ROOT / f"shared/web/{name}.py")
    kinds = {text for kind in KINDS.values() for text in (kind.title, kind.advice) if text}
    shared |= dict.fromkeys(sorted({*kinds, *NUMBERS}), "shared/web")
    own = called_for(ROOT / f"services/{service}/web")
    for path in [*_rules(service), *_views(service)]:
        own |= said_by(path)
    own |= dict.fromkeys((words for _, words in ZONES), "ZONES") | {"Our team": "seed"}
    return shared, {text: where for text, where in own.items() if text not in shared}


def translations(po: Path) -> dict[Message, Message]:
    """The messages of a file that have a translation nobody doubts."""
    with po.open("rb") as source:
        catalog = read_po(source, abort_invalid=True)
    return {m.id: m.string for m in catalog if m.id and m.string and not m.fuzzy}


def spanish() -> dict[Message, Message]:
    """All that booking's pages can say in Spanish, by its English."""
    folders = ("shared/web", "services/booking/web")
    each = [translations(ROOT / folder / "translations/es.po") for folder in folders]
    return each[0] | each[1]


def _rules(service: str) -> Iterator[Path]:
    """The domain, but for the wording of consent, which has its Spanish beside it."""
    for path in ROOT.glob(f"services/{service}/domain/*.py"):
        if path.stem != "person":
            yield path


def _views(service: str) -> Iterator[Path]:
    for path in (ROOT / f"services/{service}/web").rglob("*.py"):
        if "staff" not in path.relative_to(ROOT).parts and not path.stem.startswith("staff"):
            yield path


def _kept(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        for part in value.values if isinstance(value, ast.Dict) else [value]:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value


def _defaults(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        for part in node.kw_defaults if isinstance(node, ast.arguments) else []:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value


def _raised(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        call = node.exc if isinstance(node, ast.Raise) else node
        if not isinstance(call, ast.Call) or not (isinstance(node, ast.Raise) or _is_init(call)):
            continue
        for part in [*call.args, *(word.value for word in call.keywords)]:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value


def _is_init(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "__init__"
