"""Figures as text, and tables of them in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .figures import BORDER_OF, PHASES
from .goals import SCALE, Unit
from .intervals import Figure, share
from .proven import SEED_RANGES, Block, Part, Proven

DECIMALS: dict[Unit, int] = {"%": 2, "ms": 0, "°": 2, "/h": 2, "": 3}
Column = tuple[str, str, Unit]
"""Head, figure, unit."""
COUNTING: tuple[Column, ...] = (
    ("miscounted", "miscount", "%"),
    ("sets exact", "sets_exact", "%"),
    ("false an hour", "false_per_h", "/h"),
    ("partials F1", "partials_f1", ""),
    ("precision", "partials_precision", "%"),
    ("recall", "partials_recall", "%"),
)
BORDERS: tuple[Column, ...] = tuple(
    (f"{border} {'up to 2 s' if kind == 'short' else 'over 2 s'}", f"{border} {kind}", "ms" if kind == "short" else "%")
    for kind in ("short", "long")
    for border in BORDER_OF
)
SIZES: tuple[Column, ...] = (
    ("range, mean", "range_mae", "°"),
    ("range, 95 %", "range_p95", "°"),
    ("peak speed", "speed_mae", "%"),
    ("peak said, 95 %", "peak_p95", "ms"),
    ("peaks said", "peak_said", "%"),
    ("taken back", "taken_back", "%"),
    ("rep, median", "rep_median", "ms"),
    ("rep, 95 %", "rep_p95", "ms"),
)
BUDGET: tuple[Column, ...] = (
    ("miscounted", "miscount", "%"),
    ("start", "start_s short", "ms"),
    ("peak start", "peak_start_s short", "ms"),
    ("peak end", "peak_end_s short", "ms"),
    ("end", "end_s short", "ms"),
    ("over 2 s, end", "end_s long", "%"),
    ("range", "range_mae", "°"),
    ("peak speed", "speed_mae", "%"),
    ("rep said, median", "rep_median", "ms"),
)
TITLES = {
    "nominal": "Nominal: ordinary sessions",
    "stress": "Stress: one thing made hard",
    "bursts": "Bursts: packets lost for more than 250 ms",
    "idle": "Idle: five minutes in which nothing is trained",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(one) + " |" for one in lines)


def shown_unit(unit: Unit) -> str:
    """Return a unit as it stands behind a number."""
    return {"%": " %", "ms": " ms", "°": "°", "/h": " an hour", "": ""}[unit]


def words(name: str) -> str:
    """Return a figure's name for people.

    >>> words("peak_start_s short")
    'peak start up to 2 s'
    """
    name = name.replace("short", "up to 2 s").replace("long", "over 2 s")
    return name.replace("_s ", " ").replace("_", " ")


def number(size: float, unit: Unit) -> str:
    """Return a number that is in its unit already."""
    return f"{size:.{DECIMALS[unit]}f}{shown_unit(unit)}"


def value(figure: Figure, unit: Unit) -> str:
    """Return a figure without its interval.

    >>> value(Figure(0.0123, 0.01, 0.02, 100), "%")
    '1.23 %'
    """
    return "–" if figure.value is None else number(SCALE[unit] * figure.value, unit)


def spread(figure: Figure, unit: Unit, *, scaled: bool = False) -> str:
    """Return a figure with its interval; ``scaled`` if it is in its unit already.

    >>> spread(Figure(0.0123, 0.01, 0.02, 100), "%")
    '1.23 % (1.00–2.00)'
    """
    if figure.value is None or figure.low is None or figure.high is None:
        return "–"
    by, digits = 1.0 if scaled else SCALE[unit], DECIMALS[unit]
    return f"{number(by * figure.value, unit)} ({by * figure.low:.{digits}f}–{by * figure.high:.{digits}f})"


def corpora(proven: Proven) -> str:
    """Tables of every corpus, its cells and, where there are several, all of them together."""
    return "\n\n".join(_corpus(proven, corpus) for corpus in TITLES if any(b.corpus == corpus for b in proven.cells))


def _corpus(proven: Proven, corpus: str) -> str:
    blocks = [block for block in proven.cells if block.corpus == corpus]
    blocks.append(Block(f"**all {len(blocks)}**", corpus, True, proven.corpus(corpus).parts))
    parts = [f"### {TITLES[corpus]}"]
    if corpus == "idle":
        return "\n\n".join([*parts, _side_by_side(blocks, COUNTING[2:3], hours=True)])
    parts += ["Counting:", _side_by_side(blocks, COUNTING)]
    parts += ["Borders, mean error (over 2 s as a share of the phase):", _side_by_side(blocks, BORDERS)]
    parts += ["Tempo, bias and limits of agreement:", _tempo(blocks)]
    return "\n\n".join([*parts, "Range, speed and latency:", _side_by_side(blocks, SIZES)])


def _side_by_side(blocks: Sequence[Block], columns: Sequence[Column], *, hours: bool = False) -> str:
    """Tuned | sealed in each field, the sealed with its interval."""
    columns = [one for one in columns if any(_has(block, one[1]) for block in blocks)]
    head = ["cell", "hours" if hours else "repetitions", *(one[0] for one in columns)]
    rows = []
    for block in blocks:
        size = " \\| ".join(_size(block.parts[seeds], hours) for seeds in SEED_RANGES if seeds in block.parts)
        rows.append([block.name, size, *(_field(block, name, unit) for _, name, unit in columns)])
    return table(head, rows)


def _has(block: Block, name: str) -> bool:
    return any(part.figure(name).value is not None for part in block.parts.values())


def _size(part: Part, hours: bool) -> str:
    return f"{part.counts['idle_s'] / 3600:.1f}" if hours else f"{part.counts['true']:.0f}"


def _field(block: Block, name: str, unit: Unit) -> str:
    tuned, sealed = (block.parts[s].figure(name) if s in block.parts else None for s in SEED_RANGES)
    left = "–" if tuned is None else value(tuned, unit)
    right = "–" if sealed is None else spread(sealed, unit)
    return "–" if left == right == "–" else f"{left} \\| {right}"


def _tempo(blocks: Sequence[Block]) -> str:
    """Bias, lower and upper limit per phase."""
    head = ["cell", *(f"{p.replace('_', ' ')} {k}" for k in ("up to 2 s", "over 2 s") for p in PHASES)]
    names = [(f"{phase} {kind}", kind) for kind in ("short", "long") for phase in PHASES]
    return table(head, ([block.name, *(_limits(block, *one) for one in names)] for block in blocks))


def _limits(block: Block, name: str, kind: str) -> str:
    unit: Unit = "ms" if kind == "short" else "%"
    sides = [_three(block.parts[seeds], name, unit) for seeds in SEED_RANGES if seeds in block.parts]
    return "–" if set(sides) == {"–"} else " \\| ".join(sides)


def _three(part: Part, name: str, unit: Unit) -> str:
    found = [part.figure(f"{name} {which}").value for which in ("bias", "lower", "upper")]
    if None in found:
        return "–"
    digits = 0 if unit == "ms" else 1
    bias, lower, upper = (f"{SCALE[unit] * one:+.{digits}f}" for one in found if one is not None)
    return f"{bias} ({lower} … {upper}){shown_unit(unit)}"


def exercises(proven: Proven) -> str:
    """What each exercise gives, sealed."""
    columns = (*COUNTING[:3], *BUDGET[1:8])
    rows = [
        [block.name, *(value(block.parts["sealed"].figure(name), unit) for _, name, unit in columns)]
        for block in proven.exercises
        if "sealed" in block.parts
    ]
    return table(["exercise", *(one[0] for one in columns)], rows)


def budget(proven: Proven, contributors: Mapping[str, Sequence[str]], base: str) -> str:
    """Each contributor's cells, and how much they differ from the ordinary one."""
    there = {block.name: block.parts["sealed"] for block in proven.cells if "sealed" in block.parts}
    if base not in there:
        return "Not measured in this run."
    rows = [["everything in its usual size", base, *(value(there[base].figure(n), u) for _, n, u in BUDGET)]]
    for what, cells in contributors.items():
        for cell in (one for one in cells if one in there):
            rows.append(
                [
                    what if cell == cells[0] else "",
                    cell,
                    *(_change(there[cell], there[base], n, u) for _, n, u in BUDGET),
                ]
            )
    return table(["what", "cell", *(one[0] for one in BUDGET)], rows)


def _change(part: Part, base: Part, name: str, unit: Unit) -> str:
    new, old = part.figure(name), base.figure(name)
    if new.value is None or old.value is None:
        return value(new, unit)
    return f"{value(new, unit)} ({SCALE[unit] * (new.value - old.value):+.{DECIMALS[unit]}f})"


def real(measured: dict[str, Any]) -> str:
    """Tables of the real recordings, and of another group's simulator."""
    rows = [_scored(f"real ankles, untold: {name}", one) for name, one in measured["ankle-pt"].items()]
    rows += [
        _scored(f"the same, constants chosen on the other person alone: {name}", one)
        for name, one in measured["left out"].items()
    ]
    rows += [_scored(f"another group's simulator, {name}", one) for name, one in measured["legsim-dev"].items()]
    head = ["", "sets exact", "within ±1", "repetitions found", "false", "borders, ms", "range"]
    negatives = [
        [name, f"{one['seconds'] / 60:.1f}", str(one["untold"]), str(one["told"])]
        for name, one in measured["negatives"].items()
    ]
    return (
        table(head, rows)
        + "\n\nReal walking and resting ankles, false repetitions:\n\n"
        + table(["recording", "minutes", "untold", "told each exercise in turn, together"], negatives)
    )


def _scored(name: str, one: dict[str, Any]) -> list[str]:
    exact = spread(share([one["exact"]], [one["sets"]]), "%")
    found = f"{one['hit']} of {one['true']}"
    borders = ", ".join(f"{ms:.1f}" for ms in one["border_mae_ms"]) if "border_mae_ms" in one else "–"
    size = f"{one['range_mae_deg']:.2f}°" if "range_mae_deg" in one else "–"
    sets = f"{one['exact']} of {one['sets']}, {exact}"
    return [name, sets, f"{one['within_one']} of {one['sets']}", found, str(one["false"]), borders, size]
