"""What every table of cohort shares."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, MetaData
from sqlalchemy.orm import DeclarativeBase

from shared.db.base import naming
from shared.db.types import UtcDateTime


class Base(DeclarativeBase):
    """Everything that cohort alone owns."""

    metadata = MetaData(naming_convention=naming)
    type_annotation_map = {datetime: UtcDateTime(), dict[str, Any]: JSON, list[str]: JSON}  # noqa: RUF012
