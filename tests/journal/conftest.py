from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tracker.coaching.form import FormFlag, Verdict
from tracker.coaching.set_form import SetForm
from tracker.journal import Journal, SessionId, SessionStart
from tracker.motion.values import ExerciseSet, Flag, Rep, RepShape

MakeSet = Callable[..., ExerciseSet]


@pytest.fixture(scope="session")
def start() -> SessionStart:
    return SessionStart(
        started_at=datetime(2025, 3, 1, 18, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))),
        algorithm_version="2025.1",
        exercise="cable",
        working_side="left",
        sensor_side="left",
        load_kg=7.5,
        notes="first line\nsecond line",
    )


SHAPE = RepShape(
    mean_concentric_deg_s=34.25,
    mean_eccentric_deg_s=21.0,
    peak_eccentric_deg_s=33.3,
    eccentric_rise_s=0.4,
    concentric_sparc=-1.4,
    eccentric_sparc=-1.6,
    hold_drift_deg=-0.3,
    rest_offset_deg=0.1,
    impact_m_s2=0.7,
    axis=(0.6, -0.8, 0.0),
)


def rep_at(start_s: float, *, peak: int = 1, range_deg: float | None = 34.25, seconds: float = 3.3) -> Rep:
    return Rep(
        peak=peak,
        start_s=start_s,
        peak_start_s=start_s + seconds * 0.3,
        peak_end_s=start_s + seconds * 0.5,
        end_s=start_s + seconds,
        reported_s=start_s + seconds + 0.1,
        range_deg=range_deg,
        peak_speed_deg_s=61.1,
        flags=(Flag.CLIPPED,) if peak % 5 == 0 else (),
        shape=SHAPE if range_deg is not None else None,
    )


def form_of(flags: dict[int, FormFlag], *, reps: int = 4, partials: int = 1) -> SetForm:
    """Flags by number, partials after the repetitions."""
    verdicts = [
        (Verdict(flags[number], 0.21, 0.5, "s"),) if number in flags else () for number in range(1, reps + partials + 1)
    ]
    return SetForm(
        reps=tuple(verdicts[:reps]),
        partials=tuple(verdicts[reps:]),
        tempo_in_band=0.75,
        range_in_band=None,
        touchdowns=2,
        range_fade=-0.08,
        concentric_fade=0.1,
        eccentric_fade=None,
        velocity_loss=0.2,
        concentric_sparc=-1.4,
        eccentric_sparc=-1.5,
        direction_spread_deg=1.25,
    )


@pytest.fixture(scope="session")
def make_rep() -> Callable[..., Rep]:
    return rep_at


@pytest.fixture(scope="session")
def make_set() -> MakeSet:
    def make(number: int = 1, *, reps: int = 4, partials: int = 1, at_s: float | None = None) -> ExerciseSet:
        first = 100.0 * number if at_s is None else at_s
        counted = tuple(rep_at(first + 4.1 * i, peak=i + 1, range_deg=30.0 + i) for i in range(reps))
        small = tuple(rep_at(first + 4.1 * (reps + i), peak=reps + i + 1, range_deg=9.0) for i in range(partials))
        pauses = (*[0.8] * (reps - 1), None)
        return ExerciseSet(number, counted, small, pauses, counted[-1].end_s + 8.0)

    return make


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "journal.sqlite3"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with Journal.open(path) as opened:
        yield opened


@pytest.fixture
def session(journal: Journal, start: SessionStart) -> SessionId:
    return journal.begin_session(start)
