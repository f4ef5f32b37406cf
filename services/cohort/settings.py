"""Cohort's environment."""

from pydantic import Field

from shared.settings import GripSettings


class CohortSettings(GripSettings):
    """The shared settings and cohort's own database."""

    cohort_database_url: str = Field(default="", repr=False)
    """sqlite:/// or postgresql:// URL; by default a file in the data folder."""

    @property
    def database_url(self) -> str:
        """The URL in force."""
        return self.cohort_database_url or self.sqlite_url("cohort")
