"""Single keys from a terminal, without waiting and without a thread."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class Keys:
    """What was pressed since it was asked last; nothing where there is no terminal."""

    def poll(self) -> str:
        """Return the next key, lower case; empty: none was pressed."""
        if not sys.stdin.isatty():
            return ""
        if sys.platform == "win32":
            import msvcrt

            return msvcrt.getwch().lower() if msvcrt.kbhit() else ""
        import select

        ready, _, _ = select.select([sys.stdin], [], [], 0.0)
        return sys.stdin.read(1).lower() if ready else ""


@contextmanager
def keys() -> Iterator[Keys]:
    """Let a terminal hand out keys at once, unechoed; afterwards it is as it was. Ctrl-C stays Ctrl-C."""
    if not sys.stdin.isatty() or sys.platform == "win32":
        yield Keys()
        return
    import termios
    import tty

    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)
    try:
        tty.setcbreak(number)
        yield Keys()
    finally:
        termios.tcsetattr(number, termios.TCSADRAIN, before)
