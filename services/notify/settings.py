"""Notify's own settings, beside those that all services share."""

from pydantic import Field

from shared.settings import GripSettings


class NotifySettings(GripSettings):
    """Settings of notify, from variables that begin with GRIP_."""

    notify_database_url: str = Field(default="", repr=False)
    """sqlite:/// or postgresql://; empty means a SQLite file in the data folder."""

    @property
    def database_url(self) -> str:
        """Where notify's database is."""
        return self.notify_database_url or self.sqlite_url("notify")
