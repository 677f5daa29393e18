"""The server of the page: files, and one web socket for each browser.

Rules
-----
- A viewer never holds anybody up: each has the newest state and the cues since it last looked, sends them when it can,
  and is at most `CUES_KEPT` cues behind.
- Without ``--lan`` only this computer is answered, and only under its own names (a page elsewhere whose name leads to
  this computer gets nothing). In the network, who does not bring the token gets nothing: an empty 404.
- A web socket is opened only by a page that came from here.
- Pages of what was trained are made in a thread: no count waits for them.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from importlib.resources import files
from typing import Any, Protocol
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

LOOPBACK = ("localhost", "127.0.0.1", "::1")
CUES_KEPT = 50
SEND_EVERY_S = 0.04
"""A viewer is told so often at most: 25 times a second, as the core looks at the leg."""
LARGEST_MESSAGE = 10_000
COOKIE = "kickback"
_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_REVIEW_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}
"""Pages of what was trained hold their own style and drawing, and ask for nothing."""


class Studio(Protocol):
    """What runs the session behind the page."""

    def state(self) -> dict[str, Any]:
        """Return everything that is to be seen, as plain values."""

    def listen(self, changed: Callable[[Iterable[dict[str, Any]]], None]) -> Callable[[], None]:
        """Tell of every change, with the cues that came with it; return what ends it."""

    async def do(self, command: dict[str, Any]) -> None:
        """Do what somebody pressed.

        Raises
        ------
        ValueError
            It makes no sense; the message says why.
        """

    def review(self, what: str, which: str) -> str:
        """Return a whole HTML page of what was trained: ``log``, ``trends`` or ``report``; called in a thread.

        Raises
        ------
        ValueError
            There is none; the message says why.
        """


class Viewer:
    """What one browser has not seen yet."""

    def __init__(self) -> None:
        self.news = asyncio.Event()
        self.cues: deque[dict[str, Any]] = deque(maxlen=CUES_KEPT)

    def changed(self, cues: Iterable[dict[str, Any]]) -> None:
        """Take note; nothing is sent here."""
        self.cues.extend(cues)
        self.news.set()


class Page:
    """The page of one studio.

    Parameters
    ----------
    studio
        Runs the session.
    token
        What a browser has to bring; None: only this computer is answered.
    """

    def __init__(self, studio: Studio, *, token: str | None = None) -> None:
        self._studio = studio
        self._token = token
        self.app = web.Application(middlewares=[self._guard])
        self.app.add_routes(
            [
                web.get("/", self._index),
                web.get("/live", self._live),
                web.get("/static/{name}", self._static),
                web.get("/{what:log|trends}", self._review),
                web.get("/{what:trends|report}/{which}", self._review),
            ]
        )

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if not self._welcome(request):
            return web.Response(status=404)
        answer = await handler(request)
        if not answer.prepared:
            answer.headers.update(_HEADERS | dict(answer.headers))
        return answer

    def _welcome(self, request: web.Request) -> bool:
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            return False
        if self._token is None:
            return urlsplit(f"//{request.host}").hostname in LOOPBACK
        brought = request.query.get("t") or request.cookies.get(COOKIE, "")
        return hmac.compare_digest(brought.encode(), self._token.encode())

    async def _index(self, request: web.Request) -> web.Response:
        answer = _file("index.html")
        if self._token is not None:
            secure = request.scheme == "https"
            answer.set_cookie(COOKIE, self._token, httponly=True, samesite="Strict", secure=secure)
        return answer

    async def _static(self, request: web.Request) -> web.Response:
        return _file(request.match_info["name"])

    async def _review(self, request: web.Request) -> web.Response:
        what, which = request.match_info["what"], request.match_info.get("which", "")
        try:
            page = await asyncio.to_thread(self._studio.review, what, which)
        except ValueError as error:
            return web.Response(status=404, text=str(error))
        return web.Response(text=page, content_type="text/html", headers=_REVIEW_HEADERS)

    async def _live(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=10.0, max_msg_size=LARGEST_MESSAGE)
        await socket.prepare(request)
        viewer = Viewer()
        forget = self._studio.listen(viewer.changed)
        viewer.changed(())
        sending = asyncio.create_task(self._send(socket, viewer))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._take(socket, message.data)
        finally:
            forget()
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending
        return socket

    async def _send(self, socket: web.WebSocketResponse, viewer: Viewer) -> None:
        try:
            while not socket.closed:
                await viewer.news.wait()
                viewer.news.clear()
                cues = [viewer.cues.popleft() for _ in range(len(viewer.cues))]
                await socket.send_json({"state": self._studio.state(), "cues": cues})
                await asyncio.sleep(SEND_EVERY_S)
        except ConnectionError:  # the browser is gone; it comes back by itself
            return
        finally:  # whatever else it was: a viewer that is told nothing any more must know
            await socket.close()

    async def _take(self, socket: web.WebSocketResponse, text: str) -> None:
        try:
            command = json.loads(text)
            if not isinstance(command, dict):
                raise ValueError("a command is an object")
            await self._studio.do(command)
        except ValueError as error:
            await socket.send_json({"error": str(error)})


def _file(name: str) -> web.Response:
    """Answer with one of the page's files; there is no way to any other."""
    found = files("tracker.web").joinpath("static")
    one = next((entry for entry in found.iterdir() if entry.name == name), None)
    kind = _TYPES.get(name.rpartition(".")[2])
    if one is None or kind is None:
        raise web.HTTPNotFound
    return web.Response(body=one.read_bytes(), content_type=kind, charset="utf-8")
