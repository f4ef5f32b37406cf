"""From facts to words: templates in two languages, linted, counted, with calendars."""
