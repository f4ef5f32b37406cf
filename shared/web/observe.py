"""What is noted of every request: one line without bodies or addresses, and two metrics."""

from time import perf_counter

import structlog
from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from shared.web.context import request_id

_log = structlog.get_logger("grip.web")
_WAITING = {
    "grip_outbox_unsent": "Events that are due and not sent",
    "grip_outbox_lag_seconds": "Since when the oldest of them is due",
    "grip_inbox_failed": "Events that will be tried again",
    "grip_inbox_dead": "Events that were given up",
}
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def waiting_gauges(registry: CollectorRegistry) -> dict[str, Gauge]:
    """What waits in the event flow; `/metrics` sets them when it is asked."""
    return {name: Gauge(name, words, registry=registry) for name, words in _WAITING.items()}


def install(app: Flask) -> None:
    """Give every request an id, time it, count it and write its line."""
    service = app.extensions["grip"].name
    registry = CollectorRegistry()
    labels = ("service", "endpoint", "method")
    requests = Counter(
        "grip_http_requests", "Requests answered", (*labels, "status"), registry=registry
    )
    latency = Histogram("grip_http_seconds", "Time to answer", labels, registry=registry)
    app.extensions["grip_metrics"] = registry
    app.extensions["grip_waiting"] = waiting_gauges(registry)

    def begin() -> None:
        g.grip_began = perf_counter()
        structlog.contextvars.bind_contextvars(request_id=request_id(), service=service)

    def end(response: Response) -> Response:
        seconds = perf_counter() - g.get("grip_began", perf_counter())
        endpoint = request.endpoint or "none"
        method = request.method if request.method in _METHODS else "other"
        requests.labels(service, endpoint, method, response.status_code).inc()
        latency.labels(service, endpoint, method).observe(seconds)
        response.headers["X-Request-Id"] = request_id()
        # The rule, not the path: a path may hold a person's link.
        rule = request.url_rule.rule if request.url_rule else None
        _log.info(
            "request",
            method=method,
            rule=rule,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
        )
        return response

    def forget(_error: BaseException | None) -> None:
        structlog.contextvars.unbind_contextvars("request_id", "service")

    app.before_request(begin)
    app.after_request(end)
    app.teardown_request(forget)
