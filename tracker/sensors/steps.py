"""Steps: what a client does with a sensor, as data. It does them in order and stops at the first failure."""

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
    """Write to a characteristic, with acknowledgement.

    Attributes
    ----------
    uuid, data
        What to write where.
    answer
        How the answer begins, which comes on the same characteristic; wait for it before the next step,
        `ANSWER_WITHIN_S` at most. Empty: there is none.
    """

    uuid: str
    data: bytes
    answer: bytes = b""


Step = Read | Subscribe | Unsubscribe | Write
