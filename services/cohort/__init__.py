"""Cohort: from a qualified consult to eight weeks done.

Owns: people who qualified, staff accounts, rooms, program templates, cohorts, sessions,
enrollments.
Publishes: enrollment.confirmed, enrollment.ended, contact.updated, staff.changed, session.revoked.
Consumes: consult.booked, consult.rescheduled, consult.cancelled, consult.no_show,
consult.completed, contact.updated, person.merged, message.delivered, message.failed,
reply.received, contact.opted_out, contact.opted_in.
"""
