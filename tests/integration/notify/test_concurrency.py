"""Several consumers and senders at once: still one text for one reason."""

import random
import threading
from collections import Counter
from datetime import timedelta

import pytest

from simulation.twilio import ACCOUNT, TOKEN, running
from tests.integration.notify.samples import NOW, cancelled, consult, contact, moved


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_every_event_five_times_in_any_order_brings_each_text_at_most_once(make_notify, kind):
    with running() as twilio:
        notify = make_notify(
            kind,
            now=NOW + timedelta(minutes=5),
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,
            twilio_from="+12075550100",
            twilio_api_url=twilio.url,
            twilio_per_second=1000,
        )
        deliveries = []
        for number in range(8):
            person = contact(f"p{number}", phone=f"+1207555{number:04d}")
            events = [consult(consult_id=f"c{number}", person=person), moved(), cancelled()]
            for step, event in enumerate(events):
                same = event.model_copy(update={"consult_id": f"c{number}", "person": person})
                at = NOW + timedelta(minutes=step)
                deliveries += [(same, at, f"e{number}-{step}")] * 5
        random.Random(7).shuffle(deliveries)
        failures: list[BaseException] = []

        def consume(share):
            try:
                for event, at, event_id in share:
                    notify.hear(event, at=at, event_id=event_id)
            except BaseException as error:
                failures.append(error)

        def send():
            try:
                for _ in range(30):
                    notify.service.jobs[0].step(notify.clock.now())
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=consume, args=(deliveries[n::4],)) for n in range(4)]
        threads += [threading.Thread(target=send) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        notify.step()
    assert failures == []
    words = Counter((t.to, t.parameters["Body"].split("/r/")[0]) for t in twilio.accepted)
    assert set(words.values()) == {1}
    last = {t.to: t.parameters["Body"] for t in twilio.accepted}
    assert len(last) == 8
    assert all("is cancelled" in body for body in last.values())
    assert notify.live() == []
