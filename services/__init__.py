"""The three services of Grip: booking, cohort, notify. They meet only through events."""
