"""Fifty people ask for the same call at the same moment."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
import requests

from tests.running.prospects import Prospect, book, offered
from tests.running.systems import Embedded, Separate

PEOPLE = 50


def all_at_once(urls: list[str], start: str) -> list[requests.Response]:
    """The answers to `PEOPLE` bookings of one instant, sent together over all `urls`."""
    together = threading.Barrier(PEOPLE)
    answers: list[requests.Response] = []

    def ask(number: int) -> None:
        together.wait()
        answers.append(book(urls[number % len(urls)], Prospect(number), start))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def check(answers: list[requests.Response], start: str) -> None:
    """One booking, and 49 refusals that each name three other times."""
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: PEOPLE - 1}
    for answer in answers:
        if answer.status_code == 409:
            problem = answer.json()
            assert answer.headers["Content-Type"].startswith("application/problem+json")
            assert problem["type"].endswith("slot-taken")
            assert len(set(problem["alternatives"])) == 3
            assert start not in problem["alternatives"]


def test_one_person_gets_the_call_on_sqlite(embedded: Embedded) -> None:
    start = offered(embedded.url)[3]
    check(all_at_once([embedded.url], start), start)
    assert start not in offered(embedded.url)


@pytest.mark.postgres
@pytest.mark.rabbitmq
def test_one_person_gets_the_call_from_two_web_processes_on_postgresql(separate: Separate) -> None:
    separate.start(web=2, services=("booking",))
    urls = [separate.direct("booking", nth) for nth in range(2)]
    start = offered(urls[0])[3]
    check(all_at_once(urls, start), start)
    assert start not in offered(urls[1])
