"""Templates, cells, joining, stages, staffing and readiness."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cohort.domain import cohort as life
from services.cohort.domain.applicant import ConsultOutcome, Outcome, later, newer_contact
from services.cohort.domain.cells import CELL, cell_starts, cells_for
from services.cohort.domain.errors import (
    AlreadyEnrolled,
    CohortFull,
    Invalid,
    JoiningClosed,
    Refusal,
    WrongStage,
)
from services.cohort.domain.program import (
    DEFAULT_TEMPLATE,
    Entry,
    Kind,
    Template,
    template_from_data,
    template_to_data,
)
from services.cohort.domain.readiness import readiness_without_clearance
from services.cohort.domain.staffing import Duty, Need, need_of, staffing_gaps

START = datetime(2027, 1, 6, 18, 0, tzinfo=UTC)
instants = st.datetimes(
    datetime(2024, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def seats(stage: life.Stage = life.Stage.FORMING, taken: int = 0) -> life.Seats:
    return life.Seats(stage, 6, 8, taken, START, START + timedelta(weeks=9))


def test_default_template_is_the_practices_table() -> None:
    shape = [(e.week, e.kind.value, e.minutes) for e in DEFAULT_TEMPLATE.entries]
    assert shape == [
        (1, "preparation", 90),
        (2, "preparation", 90),
        (3, "medicine", 210),
        (3, "check_in", 20),
        (4, "integration", 90),
        (5, "medicine", 210),
        (5, "check_in", 20),
        (6, "integration", 90),
        (7, "medicine", 210),
        (7, "check_in", 20),
        (8, "integration", 90),
        (10, "measures", 0),
    ]


def test_a_template_survives_storage() -> None:
    data = template_to_data(DEFAULT_TEMPLATE)
    assert template_from_data("eight-weeks", 1, data) == DEFAULT_TEMPLATE


def test_a_template_needs_one_group_session_a_week_at_most() -> None:
    twice = (Entry(1, Kind.PREPARATION, 90), Entry(1, Kind.INTEGRATION, 90))
    with pytest.raises(Invalid):
        Template("t", 1, "Twice", twice)
    with pytest.raises(Invalid):
        Template("t", 1, "None", (Entry(1, Kind.MEASURES, 0),))


@given(instants, st.integers(1, 600))
def test_cells_cover_the_span_and_nothing_further(start: datetime, minutes: int) -> None:
    end = start + timedelta(minutes=minutes)
    starts = cell_starts(start, end)
    assert starts[0] <= start < starts[0] + CELL
    assert starts[-1] < end <= starts[-1] + CELL
    assert all(b - a == CELL for a, b in itertools.pairwise(starts))


@given(instants, instants, st.integers(1, 300), st.integers(1, 300))
def test_overlapping_spans_share_a_cell(a: datetime, b: datetime, long: int, short: int) -> None:
    a_end, b_end = a + timedelta(minutes=long), b + timedelta(minutes=short)
    if a < b_end and b < a_end:
        assert set(cell_starts(a, a_end)) & set(cell_starts(b, b_end))


def test_adjacent_sessions_on_the_grid_share_no_cell() -> None:
    first = cell_starts(START, START + timedelta(minutes=90))
    second = cell_starts(START + timedelta(minutes=90), START + timedelta(minutes=180))
    assert not set(first) & set(second)


def test_cells_come_in_one_order_whatever_the_resources_order() -> None:
    end = START + timedelta(minutes=20)
    a = cells_for(["room:1", "staff:2"], starts_at=START, ends_at=end)
    assert a == cells_for(["staff:2", "room:1"], starts_at=START, ends_at=end)
    assert a == sorted(a)


def test_joining_is_possible_until_the_first_session_starts() -> None:
    before, at = START - timedelta(seconds=1), START
    life.check_join(seats(), enrolled_elsewhere=False, now=before)
    with pytest.raises(JoiningClosed):
        life.check_join(seats(), enrolled_elsewhere=False, now=at)


def test_a_full_cohort_takes_nobody() -> None:
    with pytest.raises(CohortFull):
        life.check_join(seats(taken=8), enrolled_elsewhere=False, now=START - timedelta(days=1))


def test_nobody_has_two_seats() -> None:
    with pytest.raises(AlreadyEnrolled):
        life.check_join(seats(), enrolled_elsewhere=True, now=START - timedelta(days=1))


@pytest.mark.parametrize("stage", [s for s in life.Stage if s not in life.JOINABLE])
def test_only_forming_and_confirmed_cohorts_can_be_joined(stage: life.Stage) -> None:
    with pytest.raises(JoiningClosed):
        life.check_join(seats(stage), enrolled_elsewhere=False, now=START - timedelta(days=1))


def test_a_cohort_is_confirmed_only_with_its_smallest_size() -> None:
    with pytest.raises(WrongStage):
        life.check_confirm(seats(taken=5))
    life.check_confirm(seats(taken=6))


def test_time_runs_and_completes_only_what_was_confirmed() -> None:
    forming, confirmed = seats(), seats(life.Stage.CONFIRMED)
    running, far = seats(life.Stage.RUNNING), START + timedelta(weeks=20)
    assert life.due_stage(forming, far) is life.Stage.FORMING
    assert life.due_stage(confirmed, START - timedelta(seconds=1)) is life.Stage.CONFIRMED
    assert life.due_stage(confirmed, START) is life.Stage.RUNNING
    assert life.due_stage(running, far) is life.Stage.COMPLETED


@given(st.sampled_from(life.Stage), st.sampled_from(life.Stage))
def test_nothing_leaves_completed_or_cancelled(old: life.Stage, new: life.Stage) -> None:
    if old in {life.Stage.COMPLETED, life.Stage.CANCELLED}:
        with pytest.raises(WrongStage):
            life.check_move(old, new)


@pytest.mark.parametrize(("low", "high"), [(0, 8), (9, 8), (1, 0), (1, 21)])
def test_impossible_sizes_are_refused_naming_the_field(low: int, high: int) -> None:
    with pytest.raises(Refusal) as refused:
        life.check_size(min_size=low, max_size=high)
    assert refused.value.fields


@given(st.frozensets(st.integers(1, 8), max_size=7))
def test_the_lowest_free_seat_is_free(taken: frozenset[int]) -> None:
    seat = life.lowest_free_seat(taken, 8)
    assert seat not in taken
    assert all(lower in taken for lower in range(1, seat))


def test_medicine_sessions_need_a_facilitator_for_every_four_people_and_one_medical() -> None:
    medicine = next(e for e in DEFAULT_TEMPLATE.entries if e.kind is Kind.MEDICINE)
    assert need_of(DEFAULT_TEMPLATE, medicine, people=8) == Need(2, 1)
    assert need_of(DEFAULT_TEMPLATE, medicine, people=9) == Need(3, 1)
    preparation = DEFAULT_TEMPLATE.entries[0]
    assert need_of(DEFAULT_TEMPLATE, preparation, people=9) == Need(2, 0)


def test_staffing_gaps_name_what_is_missing() -> None:
    assert staffing_gaps(Need(2, 1), [Duty.FACILITATOR]) == [
        "1 of 2 facilitators",
        "no medical staff",
    ]
    full = [Duty.FACILITATOR, Duty.FACILITATOR, Duty.MEDICAL]
    assert staffing_gaps(Need(2, 1), full) == []


def test_nobody_is_ready_while_clearance_is_not_recorded() -> None:
    verdict = readiness_without_clearance()
    assert not verdict.ready
    assert verdict.missing == ("Not cleared",)


outcomes = st.builds(ConsultOutcome, st.sampled_from(Outcome), st.none(), instants)


@given(st.lists(outcomes, min_size=1, max_size=5), st.randoms())
def test_the_last_recorded_outcome_wins_in_any_order(
    heard: list[ConsultOutcome], random: object
) -> None:
    def fold(items: list[ConsultOutcome]) -> ConsultOutcome | None:
        known = None
        for item in items:
            known = later(known, item)
        return known

    shuffled = list(heard)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold(heard) == fold(shuffled)


def test_only_a_higher_contact_version_replaces_the_known_one() -> None:
    assert newer_contact(None, 1)
    assert newer_contact(1, 2)
    assert not newer_contact(2, 2)
    assert not newer_contact(3, 2)
