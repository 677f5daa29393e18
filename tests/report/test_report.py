"""The page of a session: what it says is what was measured, whatever is missing, and nothing gets out of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from statistics import median

import numpy as np
import pytest

from tracker.analysis import analyze
from tracker.coaching.form import FormFlag
from tracker.coaching.range_band import RangeBand
from tracker.coaching.targets import Targets, targets_of
from tracker.exercises import exercise
from tracker.exports.workout import Workout, workout_of, workout_of_file
from tracker.journal import Answer, Journal, LoggedRejected, Sensor, SessionStart, SetContext, SetKind, Side
from tracker.motion.values import ExerciseSet, Reason, Rejected, Rep
from tracker.report import report_of
from tracker.report.advice import NEXT_TIME, TEMPO, advice_of
from tracker.report.page import render, sets_words
from tracker.report.traces import poses_of, trace_of

RECORDINGS = Path(__file__).parents[2] / "recordings"
BAND = RangeBand(30.0, 36.0, 42.0)
NASTY = "<script>alert(1)</script>\"'&"


def asked(said: SetContext) -> Targets | None:
    return targets_of(exercise("cable"), band=BAND)


def page_of(workout: Workout) -> str:
    return render(report_of(workout, asked))


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def of(self, tag: str, class_: str | None = None) -> list[dict[str, str | None]]:
        return [
            a for name, a in self.seen if name == tag and (class_ is None or class_ in (a.get("class") or "").split())
        ]


@pytest.fixture(scope="module")
def cable() -> Workout:
    return workout_of_file(RECORDINGS / "cable.mcap", exercise("cable"), band=BAND)


@pytest.mark.parametrize("name", ["cable", "lost-packets", "glute-bridge", "walking-between-sets"])
def test_the_drawn_angle_is_the_measured_one(name: str) -> None:
    found = analyze(RECORDINGS / f"{name}.mcap")
    (poses,) = poses_of(RECORDINGS / f"{name}.mcap")
    trace = trace_of(poses, [one.reps for one in found.sets])
    off = []
    for rep in (rep for one in found.sets for rep in one.reps if rep.range_deg is not None):
        _, angle = trace.between(rep.start_s, rep.end_s)
        off.append(float(np.max(angle) - angle[0]) - (rep.range_deg or 0.0))
    assert off
    assert abs(median(off)) < 1.0
    assert max(map(abs, off)) < 4.0


def test_drawing_uses_the_engines_own_hole_handling() -> None:
    found = analyze(RECORDINGS / "lost-packets.mcap")
    (poses,) = poses_of(RECORDINGS / "lost-packets.mcap")
    lost = sum(gap.samples_lost for gap in found.gaps)
    assert poses.rate_hz == pytest.approx(found.rate_hz)
    assert poses.received + lost == pytest.approx(found.duration_s * found.rate_hz, abs=2)


def test_every_set_and_repetition_is_drawn(cable: Workout) -> None:
    tags = Tags(page_of(cable))
    reps = [rep for one in cable.sets for rep in one.reps]
    assert len(tags.of("polyline", "rep")) == len(reps) > 0
    assert len(tags.of("rect", "set")) == len(cable.sets)
    pauses = sum(rep.bottom_pause_s is not None for rep in reps)
    assert len(tags.of("rect", "bar")) == 4 * len(reps) + pauses  # range, three phases, pause


def test_dark_bars_are_those_out_of_band(cable: Workout) -> None:
    dark = {tip for a in Tags(page_of(cable)).of("rect", "out") if (tip := a["data-tip"]) and "range" in tip}
    ranges = [(rep.number, rep.rep.range_deg) for one in cable.sets for rep in one.reps if rep.rep]
    out = [n for n, deg in ranges if deg is not None and not BAND.floor_deg <= deg <= BAND.ceiling_deg]
    assert sorted(int(re.search(r"\d+", tip)[0]) for tip in dark) == sorted(set(out))  # type: ignore[index]


def test_every_rejected_moment_has_its_reason() -> None:
    workout = workout_of_file(RECORDINGS / "walking-between-sets.mcap", exercise("cable"))
    report = report_of(workout, asked)
    (strip,) = report.strips
    page = render(report)
    assert strip.rejected
    for line in strip.rejected:
        assert page.count(f"not counted: {line.reason}") >= 1
    steps = [line for line in strip.rejected if line.reason == "walking"]
    assert sum(int(m[0]) for line in steps if (m := re.match(r"\d+(?= steps)", line.detail))) > 2


def test_nothing_is_loaded_and_untrusted_words_stay_words(cable: Workout) -> None:
    one = cable.sets[0]
    said = SetContext(side="left", exercise=NASTY, load_label=NASTY)
    nasty = replace(
        cable,
        name=f"session {NASTY}",
        notes=NASTY,
        sets=(replace(one, context=said), *cable.sets[1:]),
        rejected=tuple(replace(r, reason=NASTY, detail=NASTY) for r in cable.rejected),
        sensors=tuple(replace(s, name=NASTY) for s in cable.sensors),
    )
    page = page_of(nasty)
    tags = Tags(page)
    assert "alert(1)" in page
    assert len(tags.of("script")) == 1
    assert "<script>alert" not in page
    loading = {"src", "href", "srcset", "action", "xlink:href", "onload", "onerror", "onclick"}
    assert not [a for _, a in tags.seen if loading & set(a)]
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest", page)


def lift(number: int, at_s: float, range_deg: float | None = 35.0, **more: float) -> Rep:
    return Rep(number, at_s, at_s + 1.2, at_s + 2.4, at_s + 5.0, at_s + 5.1, range_deg, 60.0, **more)  # type: ignore[arg-type]


def logged(tmp_path: Path, *sets: tuple[Rep, ...], id_: str = "cable") -> Workout:
    with Journal.open(tmp_path / "journal.sqlite3") as journal:
        start = SessionStart(started_at=datetime(2025, 3, 1, tzinfo=UTC), algorithm_version="3", exercise=id_)
        uuid = journal.begin_session(start)
        for number, reps in enumerate(sets, start=1):
            pauses = (*(0.9 for _ in reps[1:]), None)
            journal.save_set(uuid, ExerciseSet(number, reps, (), pauses, reps[-1].end_s + 8), SetContext(exercise=id_))
        return workout_of(journal.session(uuid))


def test_without_a_recording_the_journal_is_shown(tmp_path: Path) -> None:
    page = page_of(logged(tmp_path, tuple(lift(i, 6.0 * i) for i in range(1, 5))))
    tags = Tags(page)
    assert "Without the recording there is no angle to draw." in page
    assert not tags.of("polyline")
    assert len(tags.of("rect", "bar")) == 4 * 4 + 3


def test_a_session_with_nothing_in_it(tmp_path: Path) -> None:
    assert "No repetitions were found" in page_of(logged(tmp_path))


def test_a_recording_that_is_gone_is_said(tmp_path: Path) -> None:
    workout = workout_of_file(RECORDINGS / "cable.mcap", exercise("cable"))
    (recording,) = workout.recordings
    page = page_of(replace(workout, recordings=(replace(recording, path=tmp_path / "gone.mcap"),)))
    assert "Not drawn: gone.mcap: " in page
    assert str(tmp_path) not in page
    assert len(Tags(page).of("rect", "bar")) > 0


def test_what_is_not_known_is_neither_in_band_nor_out(tmp_path: Path) -> None:
    reps = (lift(1, 6.0), lift(2, 12.0, None), lift(3, 18.0), lift(4, 24.0, 50.0))
    report = report_of(logged(tmp_path, reps), asked)
    assert report.sets[0].range_in_band == (2, 3)
    unknown = Tags(render(report)).of("circle", "unknown")
    assert [a["data-tip"] for a in unknown] == ["repetition 2: range not known"]


def test_what_the_person_said_stands_with_its_set(tmp_path: Path) -> None:
    workout = logged(tmp_path, tuple(lift(i, 6.0 * i) for i in range(1, 4)))
    at = datetime(2025, 3, 1, tzinfo=UTC)
    answers = (
        Answer(at=at, set_number=1, question="reps-in-reserve", value=1),
        Answer(at=at, set_number=1, question="reps-in-reserve", value=2),  # the newest counts
        Answer(at=at, set_number=None, question="pain", value=NASTY),
    )
    page = page_of(replace(workout, answers=answers))
    assert "You said: reps in reserve 2." in page
    assert "reserve 1" not in page
    assert page.count("You said:") == 2
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("sides", "words"),
    [
        (["left", "right"] * 3, "3 with each leg"),
        (["left", "right", "left"], "2 left, 1 right"),
        (["left", "left"], "2"),
        ([None, "left", "right"], "3"),
        ([], "0"),
    ],
)
def test_a_set_of_each_leg_is_one_as_people_count(cable: Workout, sides: list[Side | None], words: str) -> None:
    one = cable.sets[0]
    sets = [replace(one, context=replace(one.context, side=side)) for side in sides]
    warmed_up = replace(one, context=SetContext(side="left", kind=SetKind.WARM_UP))
    assert sets_words([*sets, warmed_up]) == words


def test_partials_are_marked_but_not_in_the_ledger(cable: Workout) -> None:
    one = cable.sets[0]
    partial = replace(one.reps[2], number=1)
    assert partial.rep is not None
    small = Rejected(partial.rep.peak, partial.rep.start_s, 0.0, 0.0, Reason.PARTIAL, "too little of it")
    listed = replace(one, measured=replace(one.measured, partials=(partial.rep,)), partials=(partial,))
    told = LoggedRejected(
        recording=1,
        sensor=1,
        peak=small.peak,
        start_s=small.start_s,
        end_s=partial.rep.end_s,
        reported_s=0.0,
        reason=small.reason.value,
        detail=small.detail,
        measured=None,
    )
    page = page_of(replace(cable, sets=(listed, *cable.sets[1:]), rejected=(*cable.rejected, told)))
    assert page.count("partial, not counted") == 2  # the headline and the mark
    assert "Partial, not counted: at" in page
    assert "too little of it" not in page


def test_travel_is_shown_in_centimetres(tmp_path: Path) -> None:
    reps = tuple(lift(i, 6.0 * i, None, range_m=0.41, peak_speed_m_s=0.6) for i in range(1, 5))
    workout = logged(tmp_path, reps, id_="ankle-weight-straightening")
    page = render(report_of(workout, lambda _: targets_of(exercise("ankle-weight-straightening"))))
    assert "range 41.0 cm" in page
    assert "measured by the ankle" in page


def test_two_ankles_have_a_strip_each(cable: Workout) -> None:
    (sensor,) = cable.sensors
    other = Sensor(family=sensor.family, side="left", number=2)
    both = replace(
        cable,
        sensors=(replace(sensor, side="right"), other),
        sets=(*cable.sets, *(replace(one, sensor=2, number=one.number + 10) for one in cable.sets)),
    )
    report = report_of(both, asked)
    assert [strip.title for strip in report.strips] == ["right ankle", "left ankle"]
    assert [len(strip.sets) for strip in report.strips] == [len(cable.sets)] * 2


def test_every_flag_has_something_to_do() -> None:
    assert set(NEXT_TIME) == set(FormFlag)
    assert {phase for phase, _ in TEMPO} == {"lift", "hold", "return"}


def flags() -> Iterator[list[FormFlag]]:
    yield from [[FormFlag.SHORT]] * 3
    yield [FormFlag.SWING]
    yield from [[]] * 6


@pytest.mark.parametrize(
    ("took", "expected"),
    [(None, ["short"]), (2.5, ["short"]), (1.0, ["return too short", "short"]), (5.0, ["return too long", "short"])],
)
def test_advice_goes_by_how_many_repetitions(took: float | None, expected: list[str]) -> None:
    pace = {"lift": (1.5, (1.0, 3.0)), "hold": (1.5, (1.0, 2.0)), "return": (took, (2.0, 4.0))}
    assert [one.about for one in advice_of(flags(), [pace] * 10)] == expected


@pytest.mark.parametrize(("load_kg", "expected"), [(None, "N·m per kg at rest"), (5.0, "20.5 N·m at rest, 28.2 at")])
def test_an_ankle_weight_has_its_moment_and_says_that_it_is_a_model(load_kg: float | None, expected: str) -> None:
    workout = workout_of_file(RECORDINGS / "ankle-weight-quadruped.mcap", None)
    (one,) = workout.sets
    page = page_of(replace(workout, sets=(replace(one, context=replace(one.context, load_kg=load_kg)),)))
    assert "Model: the moment of the weight about the hip" in page
    assert expected in page
    assert page.count("a model, not a measurement") == 1
    assert len(Tags(page).of("circle", "dot")) == 1


def test_no_model_where_it_would_not_be_honest(cable: Workout) -> None:
    page = page_of(cable)
    assert "about the hip" not in page
    assert not Tags(page).of("circle", "dot")


def test_directions_are_told_with_what_cannot_be_known() -> None:
    workout = workout_of_file(RECORDINGS / "walking-between-sets.mcap", exercise("cable"))
    page = page_of(workout)
    assert page.count("from the usual one of these sets") == 2
    assert "which way is straight back" in page
    assert "which way is straight back" not in page_of(replace(workout, sets=()))


def test_directions_are_not_compared_over_another_leg_in_between() -> None:
    workout = workout_of_file(RECORDINGS / "walking-between-sets.mcap", exercise("cable"))
    left, right = workout.sets
    legs = [replace(one, context=replace(one.context, side=side)) for one, side in ((left, "left"), (right, "right"))]
    again = replace(left, number=3, context=replace(left.context, side="left"))
    report = report_of(replace(workout, sets=(*legs, again)), asked)
    assert [one.direction.offset_deg for one in report.sets if one.direction] == [None] * 3
