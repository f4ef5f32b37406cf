"""Who is let through: the cookie, its age, the replica and the roles."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from shared.db.common import audit_log
from shared.events import SessionRevoked
from shared.heartbeat import beat
from shared.staff import active_staff, apply_session_revoked, find_staff
from shared.web.auth import safe_next
from shared.web.cookie import StaffCookie, read
from shared.web.permissions import TABLE, Action, Role, permits
from tests.unit.web.conftest import START, Site

PAGE, ACT = "/booking/staff/", "/booking/staff/outcome"


def refusals(site: Site) -> list[tuple[str, str]]:
    with site.database.reading() as session:
        return [
            tuple(row) for row in session.execute(select(audit_log.c.actor, audit_log.c.action))
        ]


def post(site: Site, **cookie: object):
    client = site.staff_client(**cookie)
    return client.post(ACT, data={"csrf_token": site.token(client)})


def keep_replica_fresh(site: Site, ago: timedelta) -> None:
    with site.database.transaction() as session:
        beat(session, "consumer", site.clock.now() - ago)


# Signed in or not


def test_a_page_without_sign_in_leads_there_and_back(site: Site) -> None:
    answer = site.client().get(f"{PAGE}?day=2027-01-14&q=a%20b")
    assert answer.status_code == 302
    assert answer.headers["Location"] == (
        "/cohort/sign-in?next=%2Fbooking%2Fstaff%2F%3Fday%3D2027-01-14%26q%3Da%2520b"
    )


def test_an_act_without_sign_in_is_401(site: Site) -> None:
    assert site.client().post(ACT).status_code == 401


def test_every_refusal_is_audited(site: Site) -> None:
    site.hire(roles=("clinician",))
    site.client().get(PAGE)
    site.client().post(ACT)
    site.staff_client().get(PAGE)
    assert refusals(site) == [
        ("anonymous", "refused:view_consults"),
        ("anonymous", "refused:record_outcome"),
        ("staff:s1", "refused:view_consults"),
    ]


def test_a_role_without_the_action_is_403(site: Site) -> None:
    site.hire(roles=("clinician",))
    assert site.staff_client().get(PAGE).status_code == 403
    assert post(site).status_code == 403


def test_a_role_with_the_action_passes(site: Site) -> None:
    site.hire(roles=("consultant",))
    assert site.staff_client().get(PAGE).text == "Nora Whitfield"
    assert post(site).text == "recorded"


# The cookie


def test_a_cookie_survives_signing() -> None:
    cookie = StaffCookie("s1", "sid", 3, START)
    assert read(cookie.sign("key"), "key") == cookie


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"),
        lambda text: "X" + text[1:],
        lambda text: text.split(".")[0],
        lambda text: "",
        lambda text: text * 2,
    ],
    ids=["signature", "payload", "no signature", "empty", "twice"],
)
def test_a_forged_cookie_is_no_cookie(site: Site, spoil) -> None:
    site.hire()
    client = site.client()
    client.set_cookie("grip_staff", spoil(site.cookie()))
    assert client.get(PAGE).status_code == 302


def test_a_cookie_signed_with_another_key_is_no_cookie(site: Site) -> None:
    site.hire()
    text = StaffCookie("s1", "one", 1, START).sign("another key")
    client = site.client()
    client.set_cookie("grip_staff", text)
    assert client.get(PAGE).status_code == 302


def test_a_cookie_of_an_older_epoch_is_refused(site: Site) -> None:
    site.hire(epoch=2)
    assert site.staff_client(epoch=1).get(PAGE).status_code == 302
    assert site.staff_client(epoch=2).get(PAGE).status_code == 200


def test_a_cookie_that_is_ahead_of_the_replica_is_good(site: Site) -> None:
    site.hire(epoch=2)  # the new password, and its event on the way
    assert site.staff_client(epoch=3).get(PAGE).status_code == 200


def test_someone_unknown_or_gone_is_refused(site: Site) -> None:
    assert site.staff_client(staff_id="nobody").get(PAGE).status_code == 302
    site.hire(active=False)
    assert site.staff_client().get(PAGE).status_code == 302


def test_a_revoked_sign_in_is_refused_and_others_are_not(site: Site) -> None:
    site.hire()
    with site.database.transaction() as session:
        event = SessionRevoked(staff_id="s1", sid="one")
        apply_session_revoked(session, event, now=site.clock.now())
        apply_session_revoked(session, event, now=site.clock.now())
    assert site.staff_client(sid="one").get(PAGE).status_code == 302
    assert site.staff_client(sid="two").get(PAGE).status_code == 200


def test_a_cookie_from_the_future_is_refused(site: Site) -> None:
    site.hire()
    assert site.staff_client(age=-timedelta(minutes=2)).get(PAGE).status_code == 302
    assert site.staff_client(age=-timedelta(seconds=30)).get(PAGE).status_code == 200


# Its age


def test_a_page_with_a_cookie_older_than_five_minutes_goes_by_way_of_renewal(site: Site) -> None:
    site.hire()
    fresh = site.staff_client(age=timedelta(minutes=5)).get(PAGE)
    assert fresh.status_code == 200
    old = site.staff_client(age=timedelta(minutes=5, seconds=1)).get(PAGE)
    assert old.headers["Location"] == "/cohort/renew?next=%2Fbooking%2Fstaff%2F"


def test_a_form_with_a_cookie_of_ten_minutes_is_taken(site: Site) -> None:
    site.hire()
    assert post(site, age=timedelta(minutes=10)).status_code == 200


def test_a_form_with_a_stale_cookie_is_taken_while_the_replica_is_fresh(site: Site) -> None:
    site.hire()
    keep_replica_fresh(site, ago=timedelta(seconds=59))
    assert post(site, age=timedelta(hours=2)).status_code == 200


def test_a_form_with_a_stale_cookie_is_held_while_the_replica_is_not_fresh(site: Site) -> None:
    site.hire()
    assert post(site, age=timedelta(minutes=11)).status_code == 401
    keep_replica_fresh(site, ago=timedelta(seconds=61))
    assert post(site, age=timedelta(minutes=11)).status_code == 401


def test_no_form_is_taken_with_a_cookie_older_than_twelve_hours(site: Site) -> None:
    site.hire()
    keep_replica_fresh(site, ago=timedelta(0))
    assert post(site, age=timedelta(hours=12, seconds=1)).status_code == 401


def test_a_held_form_keeps_what_was_typed(site: Site) -> None:
    site.hire()
    client = site.staff_client(age=timedelta(minutes=11))
    data = {"csrf_token": site.token(client), "note": "call back <soon>"}
    answer = client.post(ACT, data=data)
    assert answer.status_code == 401
    assert "Sign in again in another tab" in answer.text
    assert 'name="note" value="call back &lt;soon&gt;"' in answer.text


def test_a_form_of_someone_signed_out_keeps_what_was_typed(site: Site) -> None:
    client = site.client()
    answer = client.post(ACT, data={"csrf_token": site.token(client), "note": "call back"})
    assert answer.status_code == 401
    assert 'name="note" value="call back"' in answer.text


def test_a_form_signed_in_still_needs_its_token(site: Site) -> None:
    site.hire()
    assert site.staff_client().post(ACT).status_code == 400


# Where to go next


@pytest.mark.parametrize(
    "url",
    ["/booking/staff/", "/cohort/", "/notify/messages/?person=a%20b&x=1", "/cohort/cohorts/1"],
)
def test_a_path_of_ours_is_followed(url: str) -> None:
    assert safe_next(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "/",
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/cohort/\\evil",
        "/cohort/..//evil.example",
        "/cohort/%2e%2e//evil.example",
        "/cohort/../r/abc",
        "/cohort//evil.example",
        "/cohort/%5cevil",
        "javascript:alert(1)",
        "/cohort\t//evil.example",
        "/cohort/\r\nSet-Cookie: a=b",
        " /cohort/",
        "/cohort/ x",
        "/elsewhere/",
        "/cohortx/",
        "/cohort/#frag",
        "/cohort/" + "a" * 2000,
        "http:/cohort/",
        "/cohort/é",
    ],
)
def test_anything_else_leads_home(url: str | None) -> None:
    assert safe_next(url) == "/cohort/"


# Roles and the replica


def test_every_action_belongs_to_some_role_and_the_admin_has_all() -> None:
    assert TABLE[Role.ADMIN] == frozenset(Action)
    assert set(TABLE) == set(Role)


def test_unknown_roles_permit_nothing() -> None:
    assert not any(permits(["owner", ""], action) for action in Action)
    assert permits(["owner", "consultant"], Action.VIEW_CONSULTS)


def test_only_admins_operate_and_manage_staff() -> None:
    for role in set(Role) - {Role.ADMIN}:
        assert not permits([role], Action.OPERATE)
        assert not permits([role], Action.MANAGE_STAFF)
        assert not permits([role], Action.MANAGE_POLICY)


def test_the_replica_holds_the_newest_snapshot(site: Site) -> None:
    site.hire()
    site.hire(name="Nora W. Field", roles=("consultant",), phone="+12075550100", epoch=4)
    with site.database.reading() as session:
        staff = find_staff(session, "s1")
        assert find_staff(session, "s2") is None
    assert staff is not None
    assert (staff.name, staff.roles, staff.epoch) == ("Nora W. Field", frozenset({"consultant"}), 4)


def test_active_staff_come_by_name(site: Site) -> None:
    site.hire("s1", name="Teo")
    site.hire("s2", name="Maya")
    site.hire("s3", name="Ada", active=False)
    with site.database.reading() as session:
        assert [each.name for each in active_staff(session)] == ["Maya", "Teo"]
