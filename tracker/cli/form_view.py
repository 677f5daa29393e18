"""Form, for people who read it in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.text import Text

from tracker import wording
from tracker.coaching.form import Verdict
from tracker.coaching.set_form import SetForm
from tracker.motion.values import Rep

_CLOSE = ("°", "index")
"""Units that stand at the number, or that go without saying."""
_SHARES = (("tempo_in_band", "tempo in band"), ("range_in_band", "range in band"))
_CHANGES = (("range_fade", "range"), ("concentric_fade", "lift time"), ("eccentric_fade", "return time"))


def texts(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """Return flags with their numbers.

    Examples
    --------
    >>> from tracker.coaching.form import FormFlag
    >>> list(texts([Verdict(FormFlag.SHORT, 31.24, 34.0, "°"), Verdict(FormFlag.NO_HOLD, 0.2, 0.5, "s")]))
    ['short 31.2°', 'no-hold 0.20 s']
    """
    for one in verdicts:
        unit = "°" if one.unit == "°" else "" if one.unit in _CLOSE else f" {one.unit}"
        yield f"{one.flag.value} {one.value:.{1 if one.unit == '°' else 2}f}{unit}"


def beside(
    reps: Sequence[Rep], verdicts: Sequence[tuple[Verdict, ...]] | None
) -> Iterator[tuple[Rep, tuple[Verdict, ...]]]:
    """Return each repetition with its verdicts; without any, where the form was not judged."""
    return zip(reps, verdicts if verdicts is not None else ((),) * len(reps), strict=True)


def line(form: SetForm) -> Text:
    """Return what only the whole set can tell, in one line."""
    parts = [f"{what} {value:.0%}" for name, what in _SHARES if (value := getattr(form, name)) is not None]
    if form.touchdowns:
        parts.append(wording.count(form.touchdowns, "touchdown"))
    changes = [f"{what} {value:+.0%}" for name, what in _CHANGES if (value := getattr(form, name)) is not None]
    if changes:
        parts.append(f"first to last: {', '.join(changes)}")
    if form.velocity_loss is not None:
        parts.append(f"velocity loss {form.velocity_loss:.0%}")
    return Text("Form  " + "  ·  ".join(parts or ["nothing to tell"]), style="dim")
