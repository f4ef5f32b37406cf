"""Exits 0 when the web process of one service answers: `python deploy/healthy.py booking`."""

import http.client
import sys


def healthy(service: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
    try:
        connection.request("GET", f"/{service}/healthz")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if healthy(sys.argv[1]) else 1)
