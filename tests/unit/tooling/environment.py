"""What the settings classes read from the environment, and what `.env.example` lists."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

from pydantic import AliasChoices
from pydantic_settings import BaseSettings

from shared.settings import GripSettings

SETTINGS_MODULES = ("services.booking", "services.cohort", "services.notify")


def settings_classes() -> list[type[BaseSettings]]:
    """The shared settings and those of each service."""
    found: list[type[BaseSettings]] = [GripSettings]
    for name in SETTINGS_MODULES:
        module = importlib.import_module(f"{name}.settings")
        found += [
            value
            for value in vars(module).values()
            if isinstance(value, type)
            and issubclass(value, GripSettings)
            and value.__module__ == module.__name__
        ]
    return found


def setting_names() -> set[str]:
    """The names of all variables that the settings classes read."""
    return {name for cls in settings_classes() for name in _names_of(cls)}


def _names_of(cls: type[BaseSettings]) -> set[str]:
    prefix = cls.model_config.get("env_prefix", "")
    names = set()
    for field, info in cls.model_fields.items():
        alias = info.validation_alias
        if isinstance(alias, AliasChoices):
            names |= {str(choice).upper() for choice in alias.choices if str(choice) != field}
        elif alias is not None:
            names.add(str(alias).upper())
        else:
            names.add(f"{prefix}{field}".upper())
    return names


def example_names(path: Path) -> set[str]:
    """The names that a file of settings lists, set or commented out."""
    return set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", path.read_text(), re.MULTILINE))
