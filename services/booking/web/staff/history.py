"""How the log of a call reads."""

from services.booking.queries.history import Entry

_DID = {
    "consult.view": "Opened by {who}.",
    "consult.note": "Note saved by {who}.",
    "consult.book": "Booked for them by {who}.",
    "consult.move": "Moved by {who}.",
    "consult.substitute": "Given to another consultant by {who}.",
    "consult.cancel": "Cancelled by {who}.",
    "outcome.qualified": "Marked as qualified by {who}.",
    "outcome.not_a_fit": "Marked as not a fit by {who}.",
    "outcome.undecided": "Marked as undecided by {who}.",
    "outcome.no_show": "Marked as a no-show by {who}.",
    "outcome.undo": "What was recorded was taken back by {who}.",
    "person.merge": "Another record was added to this person's by {who}.",
    "person.merged_away": "This record was added to another by {who}.",
    "person.tell_apart": "Kept apart from people who look alike by {who}.",
}


def said(entry: Entry, person: str) -> str:
    """One sentence: what was done, and by whom; the person themselves by name."""
    words = _DID.get(entry.action, f"{entry.action}, by {{who}}.")
    return words.format(who=entry.who or person)
