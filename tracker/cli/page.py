"""The page's server on this computer or in its network: address, token, certificate."""

from __future__ import annotations

import asyncio
import io
import secrets
import socket
import ssl
from contextlib import suppress
from pathlib import Path

import segno
import trustme
from aiohttp import web

from tracker.cli.console import console
from tracker.cli.errors import BadInputError
from tracker.cli.sessions import stoppable
from tracker.cli.studio import Studio
from tracker.web.server import Page


def open_page(folder: Path, sensor: str | None, port: int, *, virtual: bool, lan: bool, https: bool) -> None:
    """Serve the page until Ctrl-C; a session that runs is then ended properly."""
    studio = Studio(folder, sensors=(sensor,) if sensor else (), virtual=virtual)
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(studio, port, lan=lan, https=https))


async def _serve(studio: Studio, port: int, *, lan: bool, https: bool) -> None:
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
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(host, "localhost").configure_cert(context)
    return context
