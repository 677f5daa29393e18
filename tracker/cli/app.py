"""The command line's frame: global options, and which commands there are."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tracker import __version__
from tracker.cli import (
    analyze,
    calibrate,
    coach,
    edit,
    files,
    guide,
    imports,
    live,
    log,
    next,
    report,
    rescore,
    sensors,
    simulate,
    trends,
    virtual_sensor,
)
from tracker.cli.errors import one_line, tell
from tracker.cli.options import DATA_PANEL, REVIEW_PANEL, TRAIN_PANEL


def unwrapped(doc: str) -> str:
    """Join the lines of each paragraph; indented lines stay as they are, as examples do."""
    paragraphs = inspect.cleandoc(doc).split("\n\n")
    return "\n\n".join(text if "\n " in text else text.replace("\n", " ") for text in paragraphs)


HELP = """Count and measure weighted leg kickbacks from a motion sensor on the ankle.

[dim]See it work in half a minute:[/dim]  kickback demo
[dim]Measure a file:[/dim]                kickback analyze workout.mcap --exercise cable
[dim]Look at what was trained:[/dim]      kickback log   and   kickback show last
"""


class Commands(TyperGroup):
    """The group of all commands; whatever is wrong with the input is told in one line."""

    def main(self, args: Sequence[str] | None = None, *more: Any, standalone_mode: bool = True, **named: Any) -> Any:
        """Run the command that was asked for, and exit."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):  # a terminal that lacks a character shows another one
                stream.reconfigure(errors="replace")
        named["standalone_mode"] = False
        if not standalone_mode:
            return super().main(args, *more, **named)
        try:
            with one_line():
                code = super().main(args, *more, **named)
        except typer.Exit as asked:
            code = asked.exit_code
        except typer.Abort:
            tell("aborted")
            code = 1
        sys.exit(code if isinstance(code, int) else 0)


app = typer.Typer(
    name="kickback",
    help=HELP,
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(asked: bool) -> None:
    if asked:
        print(f"kickback {__version__}")
        raise typer.Exit


@app.callback()
def globals_(
    ctx: typer.Context,
    data_dir: Annotated[
        str | None,
        typer.Option(
            "--data-dir",
            metavar="DIR",
            help="Where the journal and the recordings lie "
            "[dim](else KICKBACK_DATA_DIR, else the system's place for it)[/dim].",
        ),
    ] = None,
    version: Annotated[
        bool,
        typer.Option("--version", metavar="", is_eager=True, callback=_show_version, help="Show the version and exit."),
    ] = False,
) -> None:
    """Keep the global options for the commands."""
    ctx.obj = data_dir


def _add(name: str, panel: str, command: Callable[..., None]) -> None:
    """Register a command; its docstring is its help."""
    app.command(name, rich_help_panel=panel, help=unwrapped(command.__doc__ or ""))(command)


_add("demo", TRAIN_PANEL, live.demo)
_add("scan", TRAIN_PANEL, sensors.scan)
_add("live", TRAIN_PANEL, sensors.live)
_add("coach", TRAIN_PANEL, coach.coach)
_add("guide", TRAIN_PANEL, guide.guide)
_add("next", TRAIN_PANEL, next.next_)
_add("replay", TRAIN_PANEL, live.replay)
_add("analyze", REVIEW_PANEL, analyze.analyze)
_add("calibrate", REVIEW_PANEL, calibrate.calibrate)
_add("log", REVIEW_PANEL, log.log)
_add("show", REVIEW_PANEL, log.show)
_add("trends", REVIEW_PANEL, trends.trends)
_add("report", REVIEW_PANEL, report.report)
_add("edit", REVIEW_PANEL, edit.edit)
_add("rescore", REVIEW_PANEL, rescore.rescore)
_add("export", DATA_PANEL, files.export)
_add("import", DATA_PANEL, imports.import_)
_add("recover", DATA_PANEL, files.recover)
_add("simulate", DATA_PANEL, simulate.simulate)
_add("virtual-sensor", DATA_PANEL, virtual_sensor.virtual_sensor)
