"""Who may do what: one table, role × action. `shared.web.auth` alone enforces it.

To add an action: add a member to `Action`, name it in `TABLE` under every role that has it, and
mark the views with `@allow(Action.THE_NEW_ONE)`.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a member of staff is here for. A person may have several."""

    ADMIN = "admin"
    COORDINATOR = "coordinator"
    CLINICIAN = "clinician"
    CONSULTANT = "consultant"


class Action(StrEnum):
    """What staff can do, as the views name it."""

    VIEW_TODAY = "view_today"
    VIEW_CONSULTS = "view_consults"
    RECORD_OUTCOME = "record_outcome"
    MANAGE_CONSULTS = "manage_consults"
    MANAGE_AVAILABILITY = "manage_availability"
    VIEW_APPLICANTS = "view_applicants"
    MANAGE_APPLICANTS = "manage_applicants"
    VIEW_COHORTS = "view_cohorts"
    MANAGE_COHORTS = "manage_cohorts"
    ENROLL = "enroll"
    RECORD_ATTENDANCE = "record_attendance"
    MANAGE_ACCOUNT = "manage_account"
    MANAGE_STAFF = "manage_staff"
    VIEW_MESSAGES = "view_messages"
    RESEND_MESSAGES = "resend_messages"
    VIEW_OUTBOX = "view_outbox"
    MANAGE_POLICY = "manage_policy"
    OPERATE = "operate"


_EVERYONE = frozenset({Action.VIEW_TODAY, Action.MANAGE_ACCOUNT})

TABLE: Mapping[Role, frozenset[Action]] = MappingProxyType(
    {
        Role.ADMIN: frozenset(Action),
        Role.COORDINATOR: _EVERYONE
        | {
            Action.VIEW_CONSULTS,
            Action.RECORD_OUTCOME,
            Action.MANAGE_CONSULTS,
            Action.MANAGE_AVAILABILITY,
            Action.VIEW_APPLICANTS,
            Action.MANAGE_APPLICANTS,
            Action.VIEW_COHORTS,
            Action.MANAGE_COHORTS,
            Action.ENROLL,
            Action.RECORD_ATTENDANCE,
            Action.VIEW_MESSAGES,
            Action.RESEND_MESSAGES,
            Action.VIEW_OUTBOX,
        },
        Role.CLINICIAN: _EVERYONE
        | {
            Action.VIEW_APPLICANTS,
            Action.MANAGE_APPLICANTS,
            Action.VIEW_COHORTS,
            Action.RECORD_ATTENDANCE,
        },
        Role.CONSULTANT: _EVERYONE
        | {
            Action.VIEW_CONSULTS,
            Action.RECORD_OUTCOME,
            Action.MANAGE_AVAILABILITY,
        },
    }
)


def permits(roles: Iterable[str], action: Action) -> bool:
    """Whether any of `roles` has `action`. A role that is not in the table has none."""
    return any(action in actions for role, actions in TABLE.items() if role in set(roles))
