"""What lies outside booking: calendars somewhere on the network."""
