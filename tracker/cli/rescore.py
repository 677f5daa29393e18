"""``kickback rescore``: today's engine over what was recorded before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.errors import BAD_INPUT, BadInputError, tell
from tracker.cli.options import DataDir, Json, folder_of

if TYPE_CHECKING:
    from tracker.cli.rescore_view import View
    from tracker.journal import Journal, Session
    from tracker.rescore import Found, Task

STOPPED = 130
"""Exit status after Ctrl-C, as shells have it."""


def rescore(
    ctx: typer.Context,
    sessions: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SESSION]…", help="Beginnings of ids as log lists them, or: last. None: all."),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--since", metavar="DATE", formats=["%Y-%m-%d"], help="Sessions of this day and later ones."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", metavar="", help="Show what would change, keep nothing.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", metavar="", help="Also sessions that this version has scored already.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, max=256, metavar="N", help="Processes [dim](all processors)[/dim]."),
    ] = None,
    json_: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Count recorded sessions anew with today's version.

    What changes is shown, session by session. The earlier result is kept beside the new one (show --scoring), and
    corrections and answers stay. What this version has scored already is passed over: a run that was broken off goes
    on where it was.

    [dim]Examples[/dim]
      kickback rescore --dry-run
      kickback rescore --since 2025-01-01
      kickback rescore last
    """
    from tracker.batch import processors
    from tracker.cli.log import open_journal
    from tracker.cli.rescore_view import JsonView, TextView
    from tracker.journal import journal_path

    path = journal_path(folder_of(ctx, data_dir))
    with open_journal(path) as journal:
        if journal.readonly:
            raise BadInputError(f"{path}: cannot be written")
        view: View = JsonView(dry_run=dry_run) if json_ else TextView(dry_run=dry_run)
        run = _Run(journal, view, dry_run)
        chosen = _chosen(journal, sessions or [], since)
        tasks = [task for one in chosen if (task := run.task(one, again=again)) is not None]
        try:
            run.score(tasks, workers or processors())
        except KeyboardInterrupt:
            tell("stopped; what is done is kept, and the same command goes on from there")
            raise typer.Exit(STOPPED) from None
        finally:
            view.end()
    if view.failures:
        raise typer.Exit(BAD_INPUT)


def _chosen(journal: Journal, asked: Iterable[str], since: datetime | None) -> Iterator[Session]:
    """Yield the sessions that were asked for, oldest first."""
    from tracker.cli.log import find

    begun = [(one.started_at, one.uuid) for one in ([find(journal, text) for text in asked] or journal.sessions())]
    for at, uuid in sorted(set(begun)):
        if since is None or at.replace(tzinfo=None) >= since:
            yield journal.session(uuid)


@dataclass(slots=True)
class _Run:
    """One run, and what came of it so far."""

    journal: Journal
    view: View
    dry_run: bool

    def task(self, session: Session, *, again: bool) -> Task | None:
        """Return what is to be done for a session; None: nothing, and why is said."""
        from tracker.rescore import has_scoring, is_running, task_of

        if is_running(session):
            self.view.passed_over(session, "is still running, perhaps in another window")
        elif not session.recordings:
            self.view.passed_over(session, "has no recording")
        elif has_scoring(session) and not again:
            self.view.passed_over(session, "")
        else:
            return task_of(session, self.journal.bands())
        return None

    def score(self, tasks: list[Task], workers: int) -> None:
        """Score the sessions; each is kept as it comes."""
        from tracker.batch import Lost, spread
        from tracker.rescore import Failure, score

        with self.view.progress(len(tasks)) as advance, closing(spread(score, tasks, workers=workers)) as results:
            for task, result in results:
                if isinstance(result, Lost):
                    self.view.failed(task, "its process died twice: too little memory?")
                elif isinstance(result, Failure):
                    self.view.failed(task, result.reason)
                else:
                    self._keep(task, result)
                advance()

    def _keep(self, task: Task, found: Found) -> None:
        from tracker.rescore import difference

        before = self.journal.session(task.session)
        if before.recordings != task.recordings:
            self.view.failed(task, "went on in the meantime: rescore it again")
            return
        if self.dry_run:
            after = self.journal.try_scoring(task.session, found.scored)
        else:
            self.journal.add_scoring(task.session, found.scored)
            after = self.journal.session(task.session)
        self.view.scored(difference(before, after), found.damage)
