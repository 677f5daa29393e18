"""The server: who gets an answer, and that no viewer holds anybody up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession, WSServerHandshakeError
from aiohttp.test_utils import TestClient, TestServer

from tracker.web.server import CUES_KEPT, Page

TOKEN = "k1ck-back"
OTHER = "http://elsewhere.example"


class Desk:
    """A studio that writes down what it is told."""

    def __init__(self) -> None:
        self.done: list[dict[str, Any]] = []
        self.listeners: list[Callable[[Iterable[dict[str, Any]]], None]] = []
        self.number = 0

    def state(self) -> dict[str, Any]:
        return {"number": self.number}

    def listen(self, changed: Callable[[Iterable[dict[str, Any]]], None]) -> Callable[[], None]:
        self.listeners.append(changed)
        return lambda: self.listeners.remove(changed)

    async def do(self, command: dict[str, Any]) -> None:
        if command.get("do") == "wrong":
            raise ValueError("that makes no sense")
        self.done.append(command)

    def review(self, what: str, which: str) -> str:
        assert threading.current_thread() is not threading.main_thread(), "no count waits for a page"
        if which == "nowhere":
            raise ValueError("no session begins so")
        return f"<p>{what} {which}</p>"

    def tell(self, *cues: int) -> None:
        self.number += 1
        for changed in list(self.listeners):
            changed([{"kind": "count", "value": cue} for cue in cues])


@asynccontextmanager
async def served(desk: Desk, token: str | None = None) -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(Page(desk, token=token).app)) as client:
        yield client


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(20):
            await test()

    asyncio.run(bounded())


FILES = ["/", "/static/app.js", "/static/link.js", "/static/sound.js", "/static/style.css", "/static/icon.svg"]


def test_the_page_is_served_and_asks_nobody_else() -> None:
    async def test() -> None:
        async with served(Desk()) as client:
            for path in FILES:
                answer = await client.get(path)
                assert answer.status == 200, path
                assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
                text = await answer.text()
                assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
                assert "https://" not in text
            for path in ("/static/../server.py", "/static/nothing.js", "/static/__init__.py", "/journal"):
                assert (await client.get(path)).status == 404

    run(test)


@pytest.mark.parametrize("path", [*FILES, "/live"])
@pytest.mark.parametrize("brought", ["", "wrong", "Ä", TOKEN[:-1]])
def test_without_the_token_there_is_nothing(path: str, brought: str) -> None:
    async def test() -> None:
        async with served(Desk(), TOKEN) as client:
            for how in ({"params": {"t": brought}}, {"cookies": {"kickback": "wrong"}}):
                answer = await client.get(path, **how)
                assert (answer.status, await answer.read()) == (404, b"")

    run(test)


def test_with_the_token_there_is_everything() -> None:
    async def test() -> None:
        async with served(Desk(), TOKEN) as client:
            answer = await client.get("/", params={"t": TOKEN})
            assert answer.status == 200
            assert answer.cookies["kickback"]["httponly"]
            assert answer.cookies["kickback"]["samesite"] == "Strict"
            assert (await client.get("/static/app.js", params={"t": TOKEN})).status == 200
            async with client.ws_connect("/live", params={"t": TOKEN}) as socket:
                assert (await socket.receive_json())["state"] == {"number": 0}

    run(test)


def test_another_name_of_this_computer_gets_nothing() -> None:
    """A page elsewhere whose name leads here."""

    async def test() -> None:
        async with served(Desk()) as client:
            assert (await client.get("/", headers={"Host": "elsewhere.example:8765"})).status == 404
            assert (await client.get("/", headers={"Host": "localhost:8765"})).status == 200

    run(test)


def test_a_page_from_elsewhere_opens_no_socket() -> None:
    async def test() -> None:
        async with served(Desk()) as client, ClientSession() as session:
            with pytest.raises(WSServerHandshakeError):
                await session.ws_connect(client.make_url("/live"), headers={"Origin": OTHER})

    run(test)


def test_what_is_pressed_is_done_and_what_is_wrong_is_said() -> None:
    async def test() -> None:
        desk = Desk()
        async with served(desk) as client, client.ws_connect("/live") as socket:
            await socket.receive_json()
            for text in ("{", "[]", '{"do": "wrong"}'):
                await socket.send_str(text)
                assert "error" in await socket.receive_json()
            await socket.send_json({"do": "undo"})
            while not desk.done:
                await asyncio.sleep(0.01)
            assert desk.done == [{"do": "undo"}]

    run(test)


def test_every_viewer_sees_the_newest_and_who_comes_back_too() -> None:
    async def test() -> None:
        desk = Desk()
        async with served(desk) as client:
            async with client.ws_connect("/live") as one, client.ws_connect("/live") as two:
                await one.receive_json()
                await two.receive_json()
                desk.tell(1)
                for socket in (one, two):
                    news = await socket.receive_json()
                    assert (news["state"]["number"], [cue["value"] for cue in news["cues"]]) == (1, [1])
            desk.tell(2)
            async with client.ws_connect("/live") as again:
                news = await again.receive_json()
                assert (news["state"]["number"], news["cues"]) == (2, [])
            while desk.listeners:  # nobody is listened to after leaving
                await asyncio.sleep(0.01)

    run(test)


def test_a_viewer_that_does_not_look_holds_nobody_up() -> None:
    async def test() -> None:
        desk = Desk()
        async with served(desk) as client, client.ws_connect("/live") as sleeper:
            await sleeper.receive_json()
            for number in range(10 * CUES_KEPT):
                desk.tell(number)
            async with client.ws_connect("/live") as awake:
                assert (await awake.receive_json())["state"]["number"] == 10 * CUES_KEPT
            news = await sleeper.receive_json()
            assert len(news["cues"]) <= CUES_KEPT

    run(test)


def test_pages_of_what_was_trained_are_made_beside_the_session() -> None:
    async def test() -> None:
        async with served(Desk()) as client:
            for path, text in (("/log", "log "), ("/trends/cable", "trends cable"), ("/report/3f2a", "report 3f2a")):
                answer = await client.get(path)
                assert (answer.status, await answer.text()) == (200, f"<p>{text}</p>")
                assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
            gone = await client.get("/report/nowhere")
            assert (gone.status, await gone.text()) == (404, "no session begins so")
            assert (await client.get("/export/3f2a")).status == 404
        async with served(Desk(), TOKEN) as client:
            assert (await client.get("/log")).status == 404
            assert (await client.get(f"/log?t={TOKEN}")).status == 200

    run(test)
