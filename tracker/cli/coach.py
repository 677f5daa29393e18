"""``kickback coach``: the page that counts, guides and asks, on this computer or a phone in the same network."""

from __future__ import annotations

import asyncio
import secrets
import socket
import ssl
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.console import console
from tracker.cli.errors import BadInputError
from tracker.cli.options import DataDir, folder_of
from tracker.cli.sensors import VIRTUAL

if TYPE_CHECKING:
    from aiohttp import web

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
    """Train with a page that counts aloud, guides the tempo, times the rest and asks after each set.

    Open the address that it prints. Closing the page stops nothing; STOP on the page, or Ctrl-C here, does.

    [dim]Examples[/dim]
      kickback coach --sensor virtual
      kickback coach --lan
    """
    folder = folder_of(ctx, data_dir)
    try:
        import aiohttp  # noqa: F401
    except ModuleNotFoundError as error:
        raise BadInputError(f"the page needs {error.name}: pip install 'kickback-tracker[web]'") from error
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(folder, sensor, port, lan=lan, https=https))


async def _serve(folder: Path, sensor: str | None, port: int, *, lan: bool, https: bool) -> None:
    from aiohttp import web

    from tracker.cli.sessions import stoppable
    from tracker.cli.studio import Studio
    from tracker.web.server import Page

    virtual = sensor == VIRTUAL
    studio = Studio(folder, sensors=(sensor,) if sensor and not virtual else (), virtual=virtual)
    token = secrets.token_urlsafe(16) if lan else None
    runner = web.AppRunner(Page(studio, token=token).app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    host = own_address() if lan else "localhost"
    try:
        site = web.TCPSite(
            runner, "0.0.0.0" if lan else "127.0.0.1", port, ssl_context=_certified(host) if https else None
        )
        try:
            await site.start()
        except OSError as error:
            raise BadInputError(f"--port: {port} cannot be used: {error.strerror or error}") from error
        _introduce(
            f"http{'s' * https}://{host}:{_port_of(runner)}/{f'?t={token}' if token else ''}", lan=lan, https=https
        )
        with suppress(asyncio.CancelledError):
            await stoppable(asyncio.Event().wait())
    finally:
        await studio.close()
        await runner.cleanup()


def _introduce(address: str, *, lan: bool, https: bool) -> None:
    out = console()
    out.print(f"Open  {address}", soft_wrap=True, highlight=False, markup=False)
    if lan:
        import io

        import segno

        drawn = io.StringIO()
        segno.make(address).terminal(out=drawn, compact=True)
        print(drawn.getvalue())
        out.print("Who has this address can lead the session; it is another one each time.", style="dim")
        if not https:
            out.print("A phone's screen goes dark without --https: set it to stay on, or add --https.", style="dim")
    if https:
        out.print(
            "The browser warns of the certificate: it is made anew each time, and nobody else vouches for it.",
            style="dim",
        )
    out.print("Ctrl-C ends it.", style="dim")


def own_address() -> str:
    """Return this computer's address in its network; nothing is sent for it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # an address for documentation: only the way there is looked up
        return str(probe.getsockname()[0])
    return "127.0.0.1"


def _port_of(runner: web.AppRunner) -> int:
    return int(runner.addresses[0][1])


def _certified(host: str) -> ssl.SSLContext:
    """Make a certificate that lasts as long as this runs."""
    import trustme

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(host, "localhost").configure_cert(context)
    return context
