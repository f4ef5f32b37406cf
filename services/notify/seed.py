"""What a new practice starts with."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.notify.keys import Keys
from shared.settings import GripSettings


def first_run(session: Session, settings: GripSettings, *, keys: Keys, now: datetime) -> None:
    """Nothing: the default policy stands in code until staff edit it."""
    del session, settings, keys, now
