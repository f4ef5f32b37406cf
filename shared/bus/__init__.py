"""Events between services: outbox, relay, bus, inbox. Nothing is lost, nothing is done twice."""

from shared.bus.inbox import Handler, Meta

__all__ = ["Handler", "Meta"]
