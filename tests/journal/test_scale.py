"""Years of training: 300,000 repetitions. Plans are asserted, not seconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tracker.journal import Journal, Scored, ScoredSet, SessionStart, sql

SESSIONS, SETS, REPS = 250, 100, 12


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory, start: SessionStart, make_set) -> Iterator[Journal]:
    path: Path = tmp_path_factory.mktemp("years") / "journal.sqlite3"
    base = make_set(reps=REPS, partials=0)
    scored = Scored(
        algorithm_version="1",
        sets=tuple(ScoredSet(measured=replace(base, number=number)) for number in range(1, SETS + 1)),
    )
    with Journal.open(path) as journal:
        for day in range(SESSIONS):
            session = journal.begin_session(replace(start, started_at=start.started_at + timedelta(days=day)))
            journal.add_scoring(session, scored)
        yield journal


def plan(journal: Journal, query: str, *values: object) -> list[str]:
    return [row["detail"] for row in journal._connection.execute(f"EXPLAIN QUERY PLAN {query}", values)]


def test_the_list_reads_totals_not_repetitions(years: Journal) -> None:
    listed = years.sessions()
    assert sum(line.reps for line in listed) == SESSIONS * SETS * REPS
    steps = plan(years, sql.SUMMARIES, 50)
    assert any("USING INDEX set_totals_by_session" in step for step in steps)
    assert any("SCAN sessions USING INDEX sessions_by_start" in step for step in steps)
    assert not any("reps" in step or step.startswith("SCAN t") for step in steps)


def test_the_list_is_one_query(years: Journal) -> None:
    seen: list[str] = []
    years._connection.set_trace_callback(seen.append)
    try:
        assert len(years.sessions(limit=20)) == 20
    finally:
        years._connection.set_trace_callback(None)
    assert sum(statement.lstrip().startswith("SELECT") for statement in seen) == 1


def test_a_session_is_fetched_through_indexes_only(years: Journal) -> None:
    newest = years.sessions(limit=1)[0]
    assert sum(len(item.reps) for item in years.session(newest.uuid).sets) == SETS * REPS
    queries = {
        name: value
        for name, value in vars(sql).items()
        if isinstance(value, str) and value.lstrip().startswith("SELECT")
    }
    for name, query in queries.items():
        if name.startswith(
            (
                "SUMMARIES",
                "SET_HISTORY",
                "ANSWERS_TO",
                "OPEN_SESSIONS",
                "BANDS",
                "COUNT_TABLES",
                "SESSION_IDS",
                "TREND_SETS",
                "DAYS",
                "_",
            )
        ):
            continue  # these read everything by nature
        steps = plan(years, query, *["a"] * query.count("?"))
        assert steps, name
        assert all(step.startswith(("SEARCH", "USE TEMP B-TREE")) for step in steps), (name, steps)


def test_trends_of_an_exercise_use_its_index(years: Journal) -> None:
    assert len(years.trend_sets("cable")) == SESSIONS * SETS
    assert len(years.newest_trend_sets(3)) == 3 * SETS
    assert any("set_totals_by_exercise" in step for step in plan(years, sql.TREND_SETS_OF_EXERCISE, "cable"))
    assert any("set_totals_by_session" in step for step in plan(years, sql.TREND_SETS_OF_NEWEST, 3))
    assert len(years.set_history("cable")) == SESSIONS * SETS
    assert years.set_history("band") == ()
    steps = plan(years, sql.SET_HISTORY_OF_EXERCISE, "cable")
    assert any("set_totals_by_exercise" in step for step in steps)
    assert not any("reps" in step for step in steps)
