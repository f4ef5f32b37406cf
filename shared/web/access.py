"""The mark that every view carries: open to anyone, or to whoever may do an action."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from flask import Flask

from shared.web.permissions import Action

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "grip_access"


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a view."""

    action: Action | None
    """`None`: anyone."""
    unless: Callable[[], bool] | None = None
    """When it says yes, nobody needs to be signed in."""
    csrf: bool = True
    """Whether a form token is asked for. Only callbacks that prove themselves otherwise lack it."""
    personal: bool = False
    """The page is about one person: it is never stored, neither by the browser nor on the way."""
    framed: bool = False
    """The sites that the settings name may show the page within theirs."""


@overload
def public(view: View) -> View: ...
@overload
def public(
    *, csrf: bool = ..., personal: bool = ..., framed: bool = ...
) -> Callable[[View], View]: ...
def public(
    view: View | None = None, *, csrf: bool = True, personal: bool = False, framed: bool = False
) -> View | Callable[[View], View]:
    """Anyone may call this view: `@public`, or `@public(personal=True)`.

    `personal=True` is for pages behind a person's own link. `csrf=False` is for callbacks that
    carry a signature of their own, such as Twilio's. `framed=True` lets the sites named in
    GRIP_EMBED_ORIGINS show the page; no cookie of ours reaches it there.
    """
    mark = _marker(Access(None, csrf=csrf, personal=personal, framed=framed))
    return mark if view is None else mark(view)


def allow(action: Action, *, unless: Callable[[], bool] | None = None) -> Callable[[View], View]:
    """Whoever is signed in with a role that has `action` may call this view.

    `unless` names a case that needs no sign-in, such as `shared.web.hosts.on_own_machine`.
    """
    return _marker(Access(action, unless=unless, personal=True))


def access_of(view: Callable[..., Any]) -> Access | None:
    """The mark of a view, if it has one."""
    found = getattr(view, _MARK, None)
    return found if isinstance(found, Access) else None


def check_every_view(app: Flask) -> None:
    """Raise `LookupError` that names the views without a mark."""
    unmarked = sorted(
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if access_of(app.view_functions[rule.endpoint]) is None
    )
    if unmarked:
        raise LookupError(f"views without @public or @allow: {', '.join(unmarked)}")


def _marker(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, _MARK, access)
        return view

    return mark
