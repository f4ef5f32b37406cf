"""Who may be the same person: whoever shares a mark, directly or through others."""

from collections.abc import Iterable, Mapping


def groups(marks: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The ids of `marks` in groups that share one, each of at least two, in the order given."""
    leader: dict[str, str] = {}
    first_with: dict[str, str] = {}
    for each, its in marks.items():
        leader[each] = each
        for mark in its:
            _join(leader, first_with.setdefault(mark, each), each)
    found: dict[str, list[str]] = {}
    for each in marks:
        found.setdefault(_lead(leader, each), []).append(each)
    return [group for group in found.values() if len(group) > 1]


def _lead(leader: dict[str, str], each: str) -> str:
    while leader[each] != each:
        each = leader[each]
    return each


def _join(leader: dict[str, str], one: str, other: str) -> None:
    leader[_lead(leader, other)] = _lead(leader, one)
