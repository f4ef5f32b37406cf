"""Notify: SMS and email, each once, at the right time.

Owns messages, their plans and stories, receipts, replies, opt-outs and short links.
Publishes message.delivered, message.failed, reply.received, contact.opted_out and
contact.opted_in. Consumes calls, enrollments, sessions, contacts, mergers, notices, alerts and
staff (see consumer.py).
"""
