"""Another consultant at the same time: an email says so, and the reminders stay as they were."""

from datetime import datetime, timedelta

from services.notify.domain.values import Purpose
from services.notify.store.appointments import get_appointment, remark, remarks_of
from shared.events import ConsultRescheduled, ConsultState
from shared.events.booking import Meeting
from tests.integration.notify.conftest import Notify
from tests.integration.notify.samples import consult, moved, ny

START = ny(2027, 1, 14, 14, 40)
DAY_BEFORE = ny(2027, 1, 13, 14, 40)


def changed(
    revision: int = 2, starts: datetime | None = None, *, video: bool = False
) -> ConsultState:
    """The call at this time, now with Maya."""
    event = consult(ConsultRescheduled, revision, starts, video=video)
    link = "https://video.example/maya" if video else None
    other = Meeting(kind=event.meeting.kind, join_url=link)
    return event.model_copy(update={"consultant": "Maya Lindqvist", "meeting": other})


def sent(notify: Notify, channel: str) -> list[str]:
    """The purposes of what has left on this channel."""
    return [m.purpose for m in notify.messages(channel=channel, state="accepted")]


def test_who_knows_the_time_is_emailed_and_not_texted(notify: Notify) -> None:
    notify.hear(consult())
    notify.step()
    notify.hear(changed())
    notify.step()
    email = notify.captured("email")[-1]
    assert email["subject"] == "Your call stays at the same time: Thu Jan 14, 2:40 PM Eastern"
    assert "It is now with Maya Lindqvist" in email["text"]
    assert "SEQUENCE:1" in email["calendar"]["content"]
    assert len(notify.captured("sms")) == 1
    assert notify.live() == [
        (Purpose.CONSULT_REMINDER, channel, DAY_BEFORE) for channel in ("email", "sms")
    ]


def test_a_reminder_that_has_left_is_not_sent_again(notify: Notify) -> None:
    notify.hear(consult())
    notify.step()
    notify.step(at=DAY_BEFORE)
    notify.advance(timedelta(hours=10))
    notify.hear(changed())
    notify.step()
    assert sent(notify, "email").count(Purpose.CONSULT_REMINDER) == 1
    assert sent(notify, "email").count(Purpose.CONSULT_CHANGED) == 1
    assert sent(notify, "sms").count(Purpose.CONSULT_REMINDER) == 1
    assert notify.live() == []


def test_a_reminder_soon_after_the_change_still_goes_out(notify: Notify) -> None:
    notify.hear(consult())
    notify.step()
    notify.step(at=DAY_BEFORE - timedelta(hours=1))
    notify.hear(changed())
    notify.step()
    notify.step(at=DAY_BEFORE)
    assert sent(notify, "sms") == [Purpose.CONSULT_BOOKED, Purpose.CONSULT_REMINDER]


def test_a_change_of_what_nobody_was_told_reads_as_the_time_it_is(notify: Notify) -> None:
    notify.hear(consult())
    notify.hear(changed())
    notify.step()
    assert sent(notify, "email") == [Purpose.CONSULT_MOVED]
    assert sent(notify, "sms") == [Purpose.CONSULT_MOVED]


def test_moving_back_to_the_time_somebody_knows_is_news_of_who_calls_alone(
    notify: Notify,
) -> None:
    notify.hear(consult())
    notify.step()
    notify.hear(moved())
    notify.hear(changed(3))
    notify.step()
    assert sorted(sent(notify, "email")) == [Purpose.CONSULT_BOOKED, Purpose.CONSULT_CHANGED]
    assert sent(notify, "sms") == [Purpose.CONSULT_BOOKED]


def test_an_older_change_that_comes_late_changes_nothing(notify: Notify) -> None:
    notify.hear(consult())
    notify.step()
    notify.hear(moved(3))
    notify.step()
    notify.hear(changed(2))
    notify.step()
    assert Purpose.CONSULT_CHANGED not in sent(notify, "email")


def test_what_was_confirmed_stays_confirmed(notify: Notify) -> None:
    notify.hear(consult())
    notify.step()
    with notify.service.database.transaction() as session:
        remark(session, "consult/c1", "rosa", what="confirmed", revision=1)
    notify.hear(changed())
    with notify.service.database.reading() as session:
        row = get_appointment(session, "consult/c1", "rosa")
        assert row is not None
        assert remarks_of(session, row) == {"confirmed"}


def test_the_new_video_link_goes_out_at_once_and_an_hour_before(notify: Notify) -> None:
    notify.hear(consult(video=True))
    notify.step()
    notify.step(at=START - timedelta(hours=2))
    notify.hear(changed(video=True))
    notify.step()
    assert "https://video.example/maya" in notify.captured("email")[-1]["text"]
    notify.step(at=START - timedelta(minutes=59))
    joining = notify.captured("email")[-1]
    assert "https://video.example/maya" in joining["text"]
    assert sent(notify, "email")[-2:] == [Purpose.CONSULT_CHANGED, Purpose.CONSULT_JOINING]


def test_within_the_hour_the_change_itself_brings_the_link(notify: Notify) -> None:
    notify.hear(consult(video=True))
    notify.step()
    notify.step(at=START - timedelta(minutes=30))
    notify.hear(changed(video=True))
    notify.step()
    assert sent(notify, "email")[-2:] == [Purpose.CONSULT_JOINING, Purpose.CONSULT_CHANGED]
    assert notify.live() == []
