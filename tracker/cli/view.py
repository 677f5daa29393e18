"""What a person sees while training: a line per repetition as it ends, a summary per set."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from tracker import wording
from tracker.cli import tables
from tracker.motion.engine import Value
from tracker.motion.gap import Gap
from tracker.motion.values import ExerciseSet, Peak, Reason, Rejected, Rep
from tracker.not_counted import Line, worth_telling
from tracker.recording import Marker, MarkerKind

STROKE_S = 0.2
"""A character of the tempo strip."""
_WIDTHS = (3, 7, 12, 6, 11, 8)
_HEADINGS = ("rep", "pause", "concentric", "hold", "eccentric", "range")
_STROKES = (("concentric_s", "╱", "green"), ("hold_s", "▔", "cyan"), ("eccentric_s", "╲", "magenta"))
_PASSED_OVER = (Reason.WALKING, Reason.TOO_FAST, Reason.NO_LEVER, Reason.TOO_FEW)
"""What happens all the time between sets; the journal has it."""
_CLEAR_LINE = "\r\x1b[2K"
LONG_GAP_S = 0.25
"""A shorter one is bridged without a trace."""


class View:
    """Prints values as they come.

    Parameters
    ----------
    out
        Where to.
    title
        What is about to happen; `begin` prints it.
    leg
        Of the sensor whose values it prints, where there are several sensors.

    Attributes
    ----------
    sets
        The sets so far.
    """

    def __init__(self, out: Console, *title: str, leg: str = "") -> None:
        self._title = tables.heading(*map(wording.name, title))
        self._leg = leg
        self._legs: dict[str, View] = {}
        self.sets: list[ExerciseSet] = []
        self._out = out
        self._drawn = out.encoding.lower().startswith("utf")
        self._counted: list[Rep] = []
        self._pending: set[int] = set()
        self._rested_at_s = 0.0
        self._lost_ns = 0
        self._away = False
        self._doubtful: list[Line] = []

    def begin(self) -> None:
        """Say what is about to happen, once nothing stands in its way."""
        self._print(self._title)

    def of(self, leg: str | None) -> View:
        """Return the view of one of several sensors, on the same screen; None: the only one, this view."""
        if leg is None:
            return self
        return self._legs.setdefault(leg, View(self._out, leg, leg=leg))

    @property
    def all_sets(self) -> list[ExerciseSet]:
        """The sets of all sensors so far."""
        return [*self.sets, *(one for view in self._legs.values() for one in view.all_sets)]

    def show(self, value: Value | Marker) -> None:
        """Print one value, or what befell the link."""
        match value:
            case Marker(kind=MarkerKind.LINK_LOST):
                self._print(Text(f"  – link lost: {wording.name(value.text)}; looking for the sensor …", "yellow"))
                self._lost_ns = value.host_ns
            case Marker(kind=MarkerKind.LINK_BACK):
                away_s = (value.host_ns - self._lost_ns) / 1e9
                self._print(Text(f"  – link back after {away_s:.1f} s", "green"))
                self._away = True
            case Peak():
                self._pending.add(value.peak)
                self._provisional()
            case Rep():
                self._pending.discard(value.peak)
                self._row(value)
            case Rejected():
                self._pending.discard(value.peak)
                if value.reason is Reason.PARTIAL and value.measured is not None:
                    self._rested_at_s = value.end_s
                if value.reason not in _PASSED_OVER and (self._counted or value.reason is Reason.GAP):
                    self._not_counted(value)
            case ExerciseSet():
                self._close(value)
            case Gap() if self._away:  # the outage, which was told
                self._away = False
            case Gap() if value.end_s - value.start_s > LONG_GAP_S:
                self._print(Text(f"  – {value.end_s - value.start_s:.1f} s without data", "yellow"))

    def note(self, line: str) -> None:
        """Print what else should be known."""
        self._print(Text(f"  – {line}", "yellow"))

    def _provisional(self) -> None:
        """Say the count at the top, before the numbers are known; the row replaces it."""
        if self._counted and self._out.is_terminal:
            line = self._labelled(Text(f"{len(self._counted) + len(self._pending):>3}  …", "bold"))
            self._out.print(line, end="\r")

    def _not_counted(self, value: Rejected) -> None:
        """Say what was not counted; what may be a piece of the next repetition waits for that."""
        line = Line(value.start_s, value.end_s, value.reason.value, value.detail)
        if value.reason is Reason.INCOMPLETE:
            self._doubtful.append(line)
        else:
            self._say_not_counted(line)

    def _decide(self, *ahead: Rep) -> None:
        doubtful, self._doubtful = self._doubtful, []
        for line in doubtful:
            if worth_telling(line, (*self._counted, *ahead)):
                self._say_not_counted(line)

    def _say_not_counted(self, line: Line) -> None:
        self._print(Text(f"  – not counted: {line.reason}, {line.detail}", "yellow"))

    def _row(self, rep: Rep) -> None:
        self._decide(rep)
        if not self._counted:
            headings = "".join(f"{text:>{width}}" for text, width in zip(_HEADINGS, _WIDTHS, strict=True))
            self._print(Text())
            self._print(Text(headings, "dim"))
        pause_s = rep.start_s - self._rested_at_s if self._counted else None
        self._rested_at_s = rep.end_s
        self._counted.append(rep)
        seconds = (pause_s, rep.concentric_s, rep.hold_s, rep.eccentric_s)
        cells = [*(tables.number(one) for one in seconds), tables.range_of(rep)]
        line = Text(f"{len(self._counted):>3}", "bold")
        line.append("".join(f"{cell:>{width}}" for cell, width in zip(cells, _WIDTHS[1:], strict=True)), "not bold")
        flags = "  " + " ".join(rep.flags)
        line.append("   ")
        line.append_text(self._strip(rep, self._out.width - len(self._leg) - len(line) - len(flags) - 1))
        line.append(flags, "yellow")
        self._print(line)

    def _strip(self, rep: Rep, width: int) -> Text:
        """Draw the tempo: up, hold, down, a stroke per fifth of a second."""
        strip = Text()
        for field, stroke, style in _STROKES if self._drawn else ():
            strip.append(stroke * round((getattr(rep, field) or 0.0) / STROKE_S), style)
        strip.truncate(max(0, width), overflow="ellipsis")
        return strip

    def _close(self, one: ExerciseSet) -> None:
        self.sets.append(one)
        self._decide()
        again = len(self._counted) - len(one.reps)
        if again > 0:
            self._print(Text("  – the first was a partial after all", "yellow"))
        title = tables.heading(
            f"Set {len(self.sets)}",
            wording.count(len(one.reps), "rep"),
            wording.count(len(one.partials), "partial") if one.partials else None,
            f"{one.time_under_tension_s:.1f} s under tension",
        )
        self._print(title)
        self._counted = []

    def _print(self, line: Text) -> None:
        if self._out.is_terminal:
            self._out.file.write(_CLEAR_LINE)  # the provisional count
        line = self._labelled(line)
        line.rstrip()
        self._out.print(line, no_wrap=True, overflow="crop", crop=True)
        self._out.file.flush()

    def _labelled(self, line: Text) -> Text:
        return Text.assemble((f"{self._leg:<5} ", "cyan"), line) if self._leg and line else line
