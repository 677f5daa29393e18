"""The board in a terminal: one large number, the range, the phase against its target, set and rest, the sensor."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tracker.coaching.board import BoardState, RepRow

DIGITS = (
    ("███", " █ ", "███", "███", "█ █", "███", "███", "███", "███", "███"),
    ("█ █", "██ ", "  █", "  █", "█ █", "█  ", "█  ", "  █", "█ █", "█ █"),
    ("█ █", " █ ", "███", "███", "███", "███", "███", " █ ", "███", "███"),
    ("█ █", " █ ", "█  ", "  █", "  █", "  █", "█ █", " █ ", "█ █", "  █"),
    ("███", "███", "███", "███", "  █", "███", "███", " █ ", "███", "███"),
)
"""Row by row."""
PHASES = {"rest": "Ready", "lift": "▲ Lift", "hold": "■ Hold", "return": "▼ Return"}
SHOWN_DEG, BAR = 90.0, 40
KEYS = "e end set · u undo · l switch leg · c calibrate · k check strap · p pause · q stop"


def board(state: BoardState) -> RenderableType:
    """Return the board as it stands."""
    what = [state.exercise, f"{state.side} leg" if state.side else "", _set(state)]
    lines: list[RenderableType] = [Text(" · ".join(filter(None, what)), "bold"), Text(_sensor(state), "dim"), Text("")]
    lines += [Text(row, "bold") for row in large(state.count)]
    lines += [Text(f"of {state.reps_from}–{state.reps_to}", "dim"), Text(""), _phase(state), _range(state), Text("")]
    if state.rest_left_s is not None:
        lines.append(Text(f"Rest {state.rest_left_s:.0f} s", "bold"))
    lines.append(Text(state.message, "bold yellow"))
    if state.last_set and state.count == 0:
        lines += [Text(f"Last set: {state.last_set_words}"), _reps(state.last_set)]
    return Group(*lines, Text(""), Text(KEYS, "dim"))


def large(number: int) -> list[str]:
    """Return a number in five rows of blocks.

    Examples
    --------
    >>> large(17)[1]
    '████        ██'
    """
    return ["  ".join("".join(2 * c for c in row[int(digit)]) for digit in str(number)).rstrip() for row in DIGITS]


def _set(state: BoardState) -> str:
    if state.set_number is None:
        return "all sets done"
    kind = "" if state.kind == "work" else f" ({state.kind})"
    return f"set {state.set_number} of {state.sets}{kind}"


def _sensor(state: BoardState) -> str:
    parts = []
    for one in state.sensors:
        rate = f"{one.rate_hz:.0f} Hz" if one.link == "up" and one.rate_hz else f"sensor {one.link}"
        battery = "" if one.battery_percent is None else f", battery {one.battery_percent} %"
        parts.append(f"{rate}, {'about ' * one.lost_estimated}{one.lost_percent} % lost{battery}")
    return " · ".join(parts)


def _phase(state: BoardState) -> Text:
    if state.paused:
        return Text("❚❚ Paused", "bold")
    if state.phase == "rest":
        return Text(PHASES["rest"])
    target = f" of {state.phase_target_s:g} s" if state.phase_target_s else " s"
    return Text.assemble((PHASES[state.phase], "bold"), f"  {state.phase_s:.1f}{target}")


def _range(state: BoardState) -> Text:
    """A bar of the angle, with the band marked."""
    angle = 0.0 if state.angle_deg is None else state.angle_deg
    full = round(BAR * min(1.0, max(0.0, angle / SHOWN_DEG)))
    cells = ["█"] * full + ["·"] * (BAR - full)
    words = f" {angle:.0f}°"
    if state.floor_deg is not None and state.ceiling_deg is not None:
        for limit, mark in ((state.floor_deg, "│"), (state.ceiling_deg, "┃")):
            cells[min(BAR - 1, round(BAR * limit / SHOWN_DEG))] = mark
        words += f"  (band {state.floor_deg:.0f} to {state.ceiling_deg:.0f}°)"
    return Text("".join(cells) + words)


def _reps(rows: tuple[RepRow, ...]) -> Table:
    table = Table(box=None, padding=(0, 1))
    for heading in ("rep", "lift", "hold", "return", "range", "remarks"):
        table.add_column(heading, justify="left" if heading == "remarks" else "right")
    for row in rows:
        if row.rep is None:
            continue
        bands = (("tempo", row.tempo_in_band), ("range", row.range_in_band))
        words = [f"{'✓' if inside else '✗'} {name}" for name, inside in bands if inside is not None]
        seconds = ("–" if s is None else f"{s:.2f}" for s in (row.concentric_s, row.hold_s, row.eccentric_s))
        range_ = "–" if row.range_deg is None else f"{row.range_deg:.1f}°"
        table.add_row(str(row.rep), *seconds, range_, ", ".join([*words, *row.flags]))
    return table
