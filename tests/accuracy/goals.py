"""The goals, the published figures to beat, and how what was proven stands against them.

Each is held against the worst cell it is about (or a corpus as a whole, where that was asked for), in the sealed range.
A cell with fewer than ``LEAST_N`` measurements of something is not ranked: its worst value would be chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from .figures import BORDER_OF, PHASES
from .intervals import NOTHING, Figure
from .proven import Block, Proven, SeedRange

LEAST_N = 50
LEAST_H = 1.0
"""The same for rates per hour."""
BELOW_50_HZ = ("25 Hz",)
WALKS = ("idle: walk", "idle: slow-walk")
Unit = Literal["%", "ms", "°", "/h", ""]
SCALE: dict[Unit, float] = {"%": 100.0, "ms": 1000.0, "°": 1.0, "/h": 1.0, "": 1.0}
"""What a figure is multiplied with to be read in a unit."""
Verdict = Literal["met", "met, not surely", "not met", "not measured"]


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit for the worst of some figures in some cells.

    Attributes
    ----------
    text
        What is asked for.
    limit, unit
        In the unit that people read.
    names
        Figures; sizes count, not signs.
    over
        Which blocks it is about.
    pooled
        Whether the blocks are whole corpora instead of cells.
    least
        Whether the limit is a lower one.
    lift
        What stands in the way where it is missed, and what would lift it.
    """

    text: str
    limit: float
    unit: Unit
    names: tuple[str, ...]
    over: Callable[[Block], bool]
    pooled: bool = False
    least: bool = False
    lift: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a goal came out: the worst figure, as a size and in the goal's unit, and where."""

    goal: Goal
    block: str
    name: str
    figure: Figure

    @property
    def verdict(self) -> Verdict:
        """Whether the figure and its whole interval keep the limit."""
        figure, limit = self.figure, self.goal.limit
        if figure.value is None or figure.low is None or figure.high is None:
            return "not measured"
        if self.missed_by > 0.0:
            return "not met"
        sure = figure.low >= limit if self.goal.least else figure.high <= limit
        return "met" if sure else "met, not surely"

    @property
    def missed_by(self) -> float:
        """How far beyond the limit, in the goal's unit; 0 where it is kept."""
        value = self.figure.value
        if value is None:
            return 0.0
        return max(0.0, self.goal.limit - value if self.goal.least else value - self.goal.limit)


def corpora(*names: str) -> Callable[[Block], bool]:
    """Cells of these corpora."""
    return lambda block: block.corpus in names


def named(*names: str) -> Callable[[Block], bool]:
    """These cells."""
    return lambda block: block.name in names


def live(block: Block) -> bool:
    """Told, at 50 Hz or more, no long losses: untold, the first two of a set wait for the third by rule."""
    return block.told and block.corpus in ("nominal", "stress") and block.name not in BELOW_50_HZ


TRAINED = corpora("nominal", "stress")
LIMITS_SHORT, LIMITS_LONG = (
    tuple(f"{phase} {kind} {end}" for phase in PHASES for end in ("lower", "upper")) for kind in ("short", "long")
)
BORDERS_SHORT, BORDERS_LONG = (tuple(f"{border} {kind}" for border in BORDER_OF) for kind in ("short", "long"))

BORDERS_LIFT = (
    "A border is where the speed about the set's axis passes 10 % of its peak. Where a leg hovers there, 9 or 11 % "
    "would put it a third of a second elsewhere, about the true axis too (see *What stands in the way*). A better "
    "sensor does not lift this; a definition with hysteresis would."
)
RANGE_LIFT = (
    "The sensor's gains and axes set a floor (see the error budget); calibrating it would lift that. Where the strap "
    "slips inside a repetition, no single sensor can tell the slip from the leg."
)
SPEED_LIFT = "As for the range; and a sensor that clips has not seen the peak: a larger measuring range lifts that."
LATENCY_LIFT = (
    "A peak or an end is said when what follows has shown that it was one. Saying it sooner means taking more back or "
    "counting shifts of the leg (see *What stands in the way*); the look-ahead of the measurement is the rest."
)
COUNT_LIFT = "What counts wrongly is named in *What stands in the way*."

GOALS = (
    Goal("miscounted repetitions, nominal", 0.1, "%", ("miscount",), corpora("nominal"), lift=COUNT_LIFT),
    Goal("sets counted exactly, nominal", 99.8, "%", ("sets_exact",), corpora("nominal"), least=True, lift=COUNT_LIFT),
    Goal(
        "miscounted repetitions, stress overall", 0.5, "%", ("miscount",), named("stress"), pooled=True, lift=COUNT_LIFT
    ),
    Goal("miscounted repetitions, any stress cell", 3.0, "%", ("miscount",), corpora("stress"), lift=COUNT_LIFT),
    Goal("miscounted repetitions, packet bursts over 250 ms", 5.0, "%", ("miscount",), corpora("bursts")),
    Goal(
        "false repetitions outside exercise, any idle cell",
        0.5,
        "/h",
        ("false_per_h",),
        corpora("idle"),
        lift=COUNT_LIFT,
    ),
    Goal(
        "false repetitions outside exercise, all told",
        0.5,
        "/h",
        ("false_per_h",),
        named("all told"),
        pooled=True,
        lift=COUNT_LIFT,
    ),
    Goal("false repetitions in steady walking", 0.0, "/h", ("false_per_h",), named(*WALKS)),
    Goal("partials told from repetitions, F1", 0.97, "", ("partials_f1",), TRAINED, least=True),
    Goal("borders of phases up to 2 s, mean error", 20.0, "ms", BORDERS_SHORT, TRAINED, lift=BORDERS_LIFT),
    Goal("borders of longer phases, mean error as a share", 2.0, "%", BORDERS_LONG, TRAINED, lift=BORDERS_LIFT),
    Goal("tempo up to 2 s, limits of agreement within ±", 60.0, "ms", LIMITS_SHORT, TRAINED, lift=BORDERS_LIFT),
    Goal("tempo over 2 s, limits of agreement within ±", 3.0, "%", LIMITS_LONG, TRAINED, lift=BORDERS_LIFT),
    Goal("range, mean error, nominal", 0.25, "°", ("range_mae",), corpora("nominal"), lift=RANGE_LIFT),
    Goal("range, 95 % of errors, nominal", 0.7, "°", ("range_p95",), corpora("nominal"), lift=RANGE_LIFT),
    Goal(
        "range, bias 5 °/s and a cuff that slips",
        1.0,
        "°",
        ("range_mae",),
        named("cuff slips, bias 5 °/s"),
        lift=RANGE_LIFT,
    ),
    Goal("peak speed, mean error", 2.0, "%", ("speed_mae",), TRAINED, lift=SPEED_LIFT),
    Goal("peak said after it began, 95 %", 150.0, "ms", ("peak_p95",), live, lift=LATENCY_LIFT),
    Goal("repetition said after its end, median", 150.0, "ms", ("rep_median",), live, lift=LATENCY_LIFT),
    Goal("repetition said after its end, 95 %", 250.0, "ms", ("rep_p95",), live, lift=LATENCY_LIFT),
    Goal("peaks taken back during exercise", 0.2, "%", ("taken_back",), live, lift=LATENCY_LIFT),
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A published figure, as the goal to do better than it, with its source."""

    who: str
    doi: str
    about: str
    goal: Goal


REFERENCES = (
    Reference(
        "Morris et al. 2014 (RecoFit)",
        "10.1145/2556288.2557116",
        "arm, many exercises, real people",
        Goal("sets within ±1 repetition", 93.0, "%", ("sets_within_one",), TRAINED, least=True),
    ),
    Reference(
        "Pernek et al. 2013",
        "10.1007/s00779-012-0626-y",
        "phone, real people",
        Goal("miscounted repetitions", 1.0, "%", ("miscount",), TRAINED),
    ),
    Reference(
        "Viecelli et al. 2020",
        "10.1371/journal.pone.0235156",
        "phone on a guided weight stack, real people",
        Goal("miscounted repetitions, ordinary tempo", 0.16, "%", ("miscount",), corpora("nominal")),
    ),
    Reference(
        "Viecelli et al. 2021",
        "10.1371/journal.pone.0254164",
        "the same, 1 to 8 s a repetition",
        Goal("miscounted repetitions, tempo varied", 1.9, "%", ("miscount",), TRAINED),
    ),
    Reference(
        "Pernek et al. 2013",
        "10.1007/s00779-012-0626-y",
        "phone, real people",
        Goal("borders, mean error as a share of the repetition", 11.0, "%", ("borders of repetition",), TRAINED),
    ),
    Reference(
        "Viecelli et al. 2021",
        "10.1371/journal.pone.0254164",
        "time under tension of a repetition",
        Goal("limits of agreement within ±", 210.0, "ms", ("under tension lower", "under tension upper"), TRAINED),
    ),
    Reference(
        "Argent et al. 2019",
        "10.1177/2055668319868544",
        "joint angle through a repetition, one sensor, real people",
        Goal("root mean square error of the range", 4.81, "°", ("range_rmse",), TRAINED),
    ),
    Reference(
        "Teufl et al. 2018",
        "10.3390/s18071980",
        "joint ranges in walking, seven sensors, real people",
        Goal("mean error of the range", 1.60, "°", ("range_mae",), TRAINED),
    ),
    Reference(
        "Yurtman & Barshan 2014",
        "10.1016/j.cmpb.2014.07.003",
        "five sensors, physical therapy, real people",
        Goal("false alarms, share of idle time", 4.9, "%", ("false_time",), corpora("idle")),
    ),
)


def judged(goal: Goal, proven: Proven, seeds: SeedRange = "sealed") -> Outcome:
    """Hold the worst cell against a goal; ``not measured`` where no cell has enough behind it."""
    there = ranked(goal, held(goal, proven, seeds))
    return there[0] if there else Outcome(goal, "–", "–", NOTHING)


def held(goal: Goal, proven: Proven, seeds: SeedRange = "sealed") -> list[Outcome]:
    """How every cell that a goal is about stands against it, figure by figure."""
    blocks = proven.corpora if goal.pooled else proven.cells
    return [
        Outcome(goal, block.name, name, sized(block.parts[seeds].figure(name), goal.unit))
        for block in blocks
        if goal.over(block) and seeds in block.parts
        for name in goal.names
    ]


def ranked(goal: Goal, outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return those with enough behind them, the worst first."""
    enough = LEAST_H if goal.unit == "/h" else LEAST_N
    sign = 1.0 if goal.least else -1.0
    there = [one for one in outcomes if one.figure.value is not None and one.figure.n >= enough]
    return sorted(there, key=lambda one: sign * (one.figure.value or 0.0))


def sized(figure: Figure, unit: Unit) -> Figure:
    """Return the size of a figure, without its sign, in a unit."""
    if figure.value is None or figure.low is None or figure.high is None:
        return figure
    low, high = (figure.low, figure.high) if figure.value >= 0.0 else (-figure.high, -figure.low)
    by = SCALE[unit]
    return replace(figure, value=by * abs(figure.value), low=by * max(0.0, low), high=by * high)
