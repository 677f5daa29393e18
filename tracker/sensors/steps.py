"""Steps: what a client does with a sensor, as data. It does them in order and stops at the first failure.

Rule: **steps are taken one at a time.** What a step reads, or is answered, is pushed to the driver that made it
before the next one is asked for: what comes next may depend on it.
"""

from __future__ import annotations

from dataclasses import dataclass

ANSWER_WITHIN_S = 2.0
"""A command without an answer by then has failed (firmware_protocol, Control)."""


@dataclass(frozen=True, slots=True)
class Read:
    """Read a characteristic, and push its value to the driver."""

    uuid: str


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Ask for notifications or indications of a characteristic."""

    uuid: str


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """End a subscription."""

    uuid: str


@dataclass(frozen=True, slots=True)
class Write:
    """Write to a characteristic.

    Attributes
    ----------
    uuid, data
        What to write where.
    answer
        How the answer begins, which is a notification or indication; wait for it before the next step,
        `ANSWER_WITHIN_S` at most. Empty: there is none.
    response
        The sensor acknowledges the write; False: write without response.
    answer_on
        Characteristic that the answer comes on; empty: the one that is written to.
    """

    uuid: str
    data: bytes
    answer: bytes = b""
    response: bool = True
    answer_on: str = ""


Step = Read | Subscribe | Unsubscribe | Write
