"""Booking: free 20-minute consults, from the first visit to the outcome.

Owns consultants, consults and the contact data of people until they are *qualified*.
Publishes consult.booked, consult.rescheduled, consult.cancelled, consult.no_show and
consult.completed; waitlist.offered when a free time is held for somebody who waits;
notice.requested for links that are emailed; contact.updated and person.merged when staff make two
people one; staff.alerted when a calendar can't be read. Listens to staff.changed,
staff.busy_changed, session.revoked, contact.updated, and to what became of messages:
reply.received, message.delivered, message.failed, contact.opted_out and contact.opted_in. Those
are shown to staff and announced no further.
"""
