"""``kickback coach``: the page that counts, guides and asks, on this computer or a phone in the same network."""

from __future__ import annotations

from typing import Annotated

import typer

from tracker.cli.errors import needs
from tracker.cli.options import DataDir, folder_of
from tracker.cli.sensors import VIRTUAL

PORT = 8765


def coach(
    ctx: typer.Context,
    sensor: Annotated[
        str | None,
        typer.Option(
            "--sensor",
            "-s",
            metavar="ADDRESS|NAME|virtual",
            help="Which one [dim](else the saved one, else the only one that is near)[/dim].",
        ),
    ] = None,
    port: Annotated[int, typer.Option("--port", metavar="PORT", min=0, max=65535, help="0: any that is free.")] = PORT,
    lan: Annotated[
        bool, typer.Option("--lan", metavar="", help="For phones in the same network too, by an address with a token.")
    ] = False,
    https: Annotated[
        bool,
        typer.Option("--https", metavar="", help="With a certificate of its own, so that the phone's screen stays on."),
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Train with a page that counts aloud, guides and asks.

    Open the address that it prints, here or on a phone. It times the rest and says when to switch legs. Closing the
    page stops nothing; STOP on the page, or Ctrl-C here, does.

    [dim]Examples[/dim]
      kickback coach --sensor virtual
      kickback coach --lan
    """
    folder = folder_of(ctx, data_dir)
    with needs("the page", "web"):
        from tracker.cli.page import open_page
    open_page(folder, None if sensor == VIRTUAL else sensor, port, virtual=sensor == VIRTUAL, lan=lan, https=https)
