"""The one error for bytes that break the protocol."""

from __future__ import annotations

_SHOWN = 32  # bytes of the offender in the message: a header, not a page


class ProtocolError(ValueError):
    """The other side sent bytes that the protocol does not allow.

    Attributes
    ----------
    message
        What is wrong.
    data
        The offending bytes, whole.

    Examples
    --------
    >>> print(ProtocolError("too short", bytes([16, 1])))
    too short: 10 01
    """

    def __init__(self, message: str, data: bytes) -> None:
        super().__init__(message, data)
        self.message = message
        self.data = data

    def __str__(self) -> str:
        more = " …" if len(self.data) > _SHOWN else ""
        return f"{self.message}: {self.data[:_SHOWN].hex(' ') or 'no bytes'}{more}"
