"""How preferences lie in the rows that hold them."""

from services.booking.domain.person import Consent, ContactBy, Preferences
from services.booking.tables import PreferencesColumns


def fill_preferences(row: PreferencesColumns, preferences: Preferences) -> None:
    """Write these preferences into the row."""
    row.timezone = preferences.timezone
    row.locale = preferences.locale
    row.contact_by = preferences.contact_by.value
    row.consent_granted = preferences.consent.granted
    row.consent_version = preferences.consent.text_version
    row.consent_method = preferences.consent.method
    row.consent_at = preferences.consent.at


def preferences_of(row: PreferencesColumns) -> Preferences:
    """The preferences the row holds."""
    consent = Consent(row.consent_granted, row.consent_version, row.consent_method, row.consent_at)
    return Preferences(row.timezone, row.locale, consent, ContactBy(row.contact_by))
