"""Style sheet, script and pictures, under addresses that change with their content."""

import hashlib
from pathlib import Path

from flask import Blueprint, Flask, Response, request, send_file, url_for
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from shared.web.access import public

SHARED = Path(__file__).parent / "static"
_A_DAY = "public, max-age=86400"
_FOREVER = "public, max-age=31536000, immutable"


class Assets:
    """The static files of one app: the shared ones first, then the service's own."""

    def __init__(self, folders: list[Path]) -> None:
        self._folders = folders
        self._versions: dict[Path, tuple[int, str]] = {}

    def find(self, name: str) -> Path | None:
        """The file of this name."""
        for folder in self._folders:
            path = safe_join(str(folder), name)
            if path is not None and _is_file(Path(path)):
                return Path(path)
        return None

    def version(self, path: Path) -> str:
        """Twelve hex digits that change with the content."""
        changed = path.stat().st_mtime_ns
        known = self._versions.get(path)
        if known is None or known[0] != changed:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
            known = self._versions[path] = (changed, digest)
        return known[1]


def install(app: Flask, static: Path | None) -> None:
    """Serve `/<service>/static/…` and `/favicon.ico`; templates say `asset("grip.css")`."""
    service = app.extensions["grip"].name
    assets = Assets([SHARED, *([static] if static else [])])
    blueprint = Blueprint("assets", __name__)

    @blueprint.get(f"/{service}/static/<path:name>")
    @public
    def static_file(name: str) -> Response:
        return _send(assets, name)

    @blueprint.get("/favicon.ico")
    @public
    def favicon() -> Response:
        response = _send(assets, "favicon.ico")
        response.headers["Cache-Control"] = _A_DAY  # its address can't change with its content
        return response

    def asset(name: str) -> str:
        path = assets.find(name)
        if path is None:
            raise LookupError(f"no static file {name}")
        return url_for("assets.static_file", name=name, v=assets.version(path))

    app.register_blueprint(blueprint)
    app.jinja_env.globals["asset"] = asset


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long for any file
        return False


def _send(assets: Assets, name: str) -> Response:
    path = assets.find(name)
    if path is None:
        raise NotFound
    response = send_file(path, etag=assets.version(path), conditional=True)
    asked = request.args.get("v")
    fresh = asked == assets.version(path)
    response.headers["Cache-Control"] = _FOREVER if fresh else "public, no-cache"
    return response
