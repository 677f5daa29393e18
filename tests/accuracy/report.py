"""``ACCURACY.md`` from what was proven. The words stand in ``report_template.md``, the numbers come from here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from string import Template
from typing import Any

from . import budget, extras, tables
from .figures import BORDER_OF, PHASES, counts, figures
from .goals import GOALS, LEAST_N, REFERENCES, Goal, Outcome, held, judged, ranked
from .intervals import Figure, share
from .proven import Proven, SeedRange
from .proving import Tally

TEMPLATE = Path(__file__).with_name("report_template.md")
COST_GOALS = (("hour_ms", "one hour at 100 Hz", 300.0, "ms"), ("live_us", "live, blocks of 10", 15.0, "µs a sample"))
STATE_GOAL = ("state_kb", "state after an hour", 512.0, "kB")
LEAST_AUC = 0.98
MOST_NAMED = 8
REAL_WITHIN, REAL_EXACT = 1.0, 0.95


def text(proven: Proven) -> str:
    """Write the whole report."""
    outcomes = [judged(goal, proven) for goal in GOALS]
    rows = [*map(_goal_row, outcomes), *_other_goals(proven)]
    verdicts = [row[-1] for row in rows]
    parts = {
        "first_screen": first_screen(proven),
        "least_n": str(LEAST_N),
        "goals": tables.table(("goal", "limit", "worst", "where", ""), rows),
        "met": str(sum(v.startswith("met") for v in verdicts)),
        "surely": str(verdicts.count("met")),
        "of": str(len(verdicts)),
        "missed": _missed(outcomes, proven),
        "references": _references(proven),
        "budget_note": "The cells' own chance is about as large as their intervals in the tables below.",
        "budget": tables.budget(proven, budget.CONTRIBUTORS, budget.BASE),
        "floors": _floors(proven),
        "tables": tables.corpora(proven),
        "exercises": tables.exercises(proven),
        "real": tables.real(proven.real) if proven.real else "Not measured in this run.",
        "sections": "\n".join(part for part in (_form(proven), extras.sections()) if part) + "\n",
        "made": _made(proven),
    }
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(parts)


def line(name: str, seeds: SeedRange, sessions: Sequence[Tally]) -> str:
    """One cell for people who watch the run."""
    n, found = counts(sessions), figures(sessions)
    counted = f"{n['exact']:.0f}/{n['sets']:.0f} sets, {n['missed']:.0f} + {n['extra']:.0f} of {n['true']:.0f}"
    text = f"{name:28} {seeds:6} {counted} ({tables.value(found['miscount'], '%')})"
    text += f", {n['false']:.0f} false in {n['idle_s'] / 3600:.1f} h"
    if not n["true"]:
        return text
    shorts = "/".join(tables.value(found[f"{border} short"], "ms") for border in BORDER_OF)
    text += f", borders {shorts}, range {tables.value(found['range_mae'], '°')}"
    text += f", speed {tables.value(found['speed_mae'], '%')}, said {tables.value(found['peak_p95'], 'ms')}"
    text += f" {tables.value(found['rep_median'], 'ms')} {tables.value(found['rep_p95'], 'ms')}"
    return text + (f", partials {tables.value(found['partials_f1'], '')}" if n["partials_true"] else "")


def first_screen(proven: Proven) -> str:
    """The few numbers that matter to who trains, in plain words."""
    nominal, stress, told = (proven.corpus(name).parts["sealed"] for name in ("nominal", "stress", "all told"))
    rows = [
        (
            "how many repetitions",
            f"{_of(nominal.counts['missed'] + nominal.counts['extra'], nominal.counts['true'])} miscounted in ordinary"
            f" sets; {tables.spread(stress.figure('miscount'), '%')} where one thing was made hard",
        ),
        (
            "whole sets",
            f"{_of(nominal.counts['exact'], nominal.counts['sets'])} counted exactly in ordinary sessions",
        ),
        (
            "nothing counted beside the sets",
            f"false repetitions: {tables.spread(told.figure('false_per_h'), '/h')}, told the exercise",
        ),
        ("how long lift, hold and return took", _tempo_words(nominal.figures)),
        (
            "how far the shank turned",
            f"off by {tables.value(nominal.figure('range_mae'), '°')} on average, in 95 of 100 repetitions by less than"
            f" {tables.value(nominal.figure('range_p95'), '°')}",
        ),
        ("how fast", f"off by {tables.value(nominal.figure('speed_mae'), '%')} on average"),
        (
            "when it is said",
            f"half of the repetitions within {tables.value(nominal.figure('rep_median'), 'ms')} of their end,"
            f" 95 of 100 within {tables.value(nominal.figure('rep_p95'), 'ms')}",
        ),
    ]
    if proven.real:
        real = proven.real["ankle-pt"]["all"]
        rows.append(
            (
                "real ankles, four other exercises",
                f"{_of(real['exact'], real['sets'])} sets exact, {real['false']} false",
            )
        )
    return tables.table(("simulated, unless it says real", "sealed seeds"), rows)


def _tempo_words(found: dict[str, Figure]) -> str:
    limits = [found[f"{phase} short {end}"].value for phase in PHASES for end in ("lower", "upper")]
    sizes = [abs(one) for one in limits if one is not None]
    return f"95 of 100 within {1000 * max(sizes):.0f} ms, for phases of up to 2 s" if sizes else "–"


def _of(part: float, whole: float) -> str:
    return f"{part:,.0f} of {whole:,.0f}".replace(",", " ")


def _goal_row(outcome: Outcome) -> tuple[str, ...]:
    goal = outcome.goal
    where = outcome.block if len(goal.names) == 1 else f"{outcome.block}: {tables.words(outcome.name)}"
    shown = tables.spread(outcome.figure, goal.unit, scaled=True)
    return (goal.text, _limit(goal), shown, where, _verdict(outcome))


def _limit(goal: Goal) -> str:
    return f"{'≥' if goal.least else '≤'} {goal.limit:g}{tables.shown_unit(goal.unit)}"


def _verdict(outcome: Outcome) -> str:
    if outcome.verdict == "not met":
        return f"**not met**, by {tables.number(outcome.missed_by, outcome.goal.unit)}"
    return outcome.verdict


def _missed(outcomes: Sequence[Outcome], proven: Proven) -> str:
    """What was not met: in how many cells, where, and what would lift it."""
    parts = []
    for outcome in outcomes:
        if outcome.verdict == "not met":
            every = ranked(outcome.goal, held(outcome.goal, proven))
            cells = list(dict.fromkeys(one.block for one in every if one.missed_by > 0.0))
            where = ", ".join(cells[:MOST_NAMED]) + (" …" if len(cells) > MOST_NAMED else "")
            of = len({one.block for one in every})
            parts.append(
                f"- *{outcome.goal.text}*: missed in {len(cells)} of {of} ({where}). {outcome.goal.lift}".strip()
            )
    return "\n".join(["Not met, the worst cells first:", "", *parts]) if parts else ""


def _other_goals(proven: Proven) -> Iterable[tuple[str, ...]]:
    """Goals about what is not in the sweep: real ankles, form flags, cost."""
    if proven.real:
        yield from _real_goals(proven.real)
    if proven.form:
        row = min(proven.form["sealed"], key=lambda row: row["worst_auc"])
        auc, where = row["worst_auc"], f"{row['flag']}, {row['worst']}"
        yield _row("form flags, simulation only, AUC", f"≥ {LEAST_AUC}", f"{auc:.3f}", where, auc >= LEAST_AUC)
    for name, what, limit, unit in (*COST_GOALS, STATE_GOAL):
        if proven.cost:
            cost = proven.cost[name]
            yield _row(f"cost: {what}", f"≤ {limit:g} {unit}", f"{cost:.3g} {unit}", "this machine", cost <= limit)


def _real_goals(real: dict[str, Any]) -> Iterable[tuple[str, ...]]:
    ankles = real["ankle-pt"]["all"]
    for name, key, least in (("within ±1", "within_one", REAL_WITHIN), ("exact", "exact", REAL_EXACT)):
        figure = share([ankles[key]], [ankles["sets"]])
        shown = tables.spread(figure, "%")
        yield _row(
            f"real ankles: sets {name}", f"≥ {100 * least:g} %", shown, "ankle-pt", (figure.value or 0.0) >= least
        )
    false = sum(one["untold"] + one["told"] for one in real["negatives"].values())
    yield _row("real walking and rest: false", "0", str(false), "negatives", false == 0)


def _row(what: str, limit: str, shown: str, where: str, kept: bool) -> tuple[str, ...]:
    return (what, limit, shown, where, "met" if kept else "**not met**")


def _references(proven: Proven) -> str:
    rows = []
    for one in REFERENCES:
        outcome = judged(one.goal, proven)
        theirs = f"{one.goal.limit:g}{tables.shown_unit(one.goal.unit)}"
        ours = tables.spread(outcome.figure, one.goal.unit, scaled=True)
        better = {"not met": "**no**", "not measured": "–", "met": "yes"}.get(outcome.verdict, "yes, not surely")
        source = f"[{one.who}](https://doi.org/{one.doi}): {one.about}"
        rows.append((one.goal.text, theirs, source, ours, outcome.block, better))
    return tables.table(("", "theirs", "whose", "ours", "worst cell", "better"), rows)


def _floors(proven: Proven) -> str:
    mean_deg = proven.corpus("nominal").parts["sealed"].figure("range_true").value
    rows = [(one.metric, one.why, one.least) for one in budget.floors(mean_deg or 0.0)]
    return tables.table(("of", "why", "floor"), rows)


def _form(proven: Proven) -> str:
    """Form flags, as their own table says it."""
    if not proven.form:
        return ""
    parts = [
        "## Form flags",
        "",
        "In simulation only: what a fault looks like is a guess. Nothing is said about real ones.",
    ]
    for seeds, rows in proven.form.items():
        cells = [[f"{v:.3f}" if isinstance(v, float) else str(v) for v in row.values()] for row in rows]
        parts += [
            "",
            f"{seeds.capitalize()} seeds:",
            "",
            tables.table([name.replace("_", " ") for name in rows[0]], cells),
        ]
    return "\n".join(parts) + "\n"


def _made(proven: Proven) -> str:
    made = dict(proven.made)
    rows = [(name.replace("_", " "), f"`{value}`") for name, value in made.items()]
    for name in ("nominal", "stress", "bursts", "idle"):
        for seeds, part in proven.corpus(name).parts.items():
            n = part.counts
            size = f"{_of(n['true'], n['true']).split(' of ')[0]} repetitions in {n['sessions']:.0f} sessions"
            rows.append(
                (f"{name}, {seeds}", f"{size}, {n['idle_s'] / 3600:.0f} h outside sets, seeds from {part.first}")
            )
    return tables.table(("", ""), rows)
