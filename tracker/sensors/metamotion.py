"""MbientLab MetaMotion (R, RL, S): GATT traffic in, packets out.

In: replies about modules and their configuration, acceleration and turning rate, all notified by one characteristic;
everything else gives nothing. Out: `Packet`. Remembered: which chip it is and how it is set, and both streams.

A message is module, register, data. Acceleration and turning rate come apart, three samples at a time, without
number or time. Registers and codes differ between the two chips, so which one it is is asked first.

Source: MetaWear-SDK-Cpp, its tests (bytes of both chips) and register tables; facts and figures only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from firmware_protocol import ProtocolError
from tracker.motion.clock import Packet
from tracker.recording.model import GattEvent
from tracker.sensors.driver import SENT, SensorDriver, saturated
from tracker.sensors.pairs import Pairs, Which
from tracker.sensors.steps import Step, Subscribe, Unsubscribe, Write
from tracker.sensors.timeline import Counted, Repeats

SERVICE = "326a9000-85cb-9195-d9dd-464cfbbae75a"
COMMAND = "326a9001-85cb-9195-d9dd-464cfbbae75a"
NOTIFY = "326a9006-85cb-9195-d9dd-464cfbbae75a"
RATES_HZ = (25, 50, 100, 200)
USUAL_RATE_HZ = 100

_ACC, _GYR = 0x03, 0x13
_POWER, _SAMPLING, _CONFIG = 0x01, 0x02, 0x03
_INFO, _READ = 0x80, 0x80
"""Register of what a module is; bit that asks for a register's value."""
_RATE_CODES = {6: 25, 7: 50, 8: 100, 9: 200}
_RAW = np.dtype("<i2")
_G = 9.80665


@dataclass(frozen=True, slots=True)
class _Chip:
    """What differs between the chips.

    Attributes
    ----------
    name
        As its maker calls it.
    acc_filter
        Upper bits of the accelerometer's configuration, beside the rate.
    ranges_g
        Full scale by code.
    acc_packed, gyr_packed
        Registers that notify three samples at a time.
    """

    name: str
    acc_filter: int
    ranges_g: dict[int, int]
    acc_packed: int
    gyr_packed: int


_CHIPS = {
    (1, 0): _Chip("BMI160", 0x20, {0x03: 2, 0x05: 4, 0x08: 8, 0x0C: 16}, 0x1C, 0x07),
    (4, 1): _Chip("BMI270", 0xA0, {0x00: 2, 0x01: 4, 0x02: 8, 0x03: 16}, 0x05, 0x05),
}
"""By the implementation numbers of the accelerometer's and the gyroscope's module."""
_GYR_FILTER = 0x20
_GYR_LSB_PER_DPS = {0: 16.4, 1: 32.8, 2: 65.6, 3: 131.2, 4: 262.4}
"""By code, from ±2000 °/s down to ±125 °/s."""
_WIDEST_G, _WIDEST_GYR = 16, 0
_PACKED = 3
"""Samples in a notification."""
_ON = bytes([_ACC, _POWER, 1])


@dataclass(frozen=True, slots=True)
class _Setting:
    """How a module is set: its rate, and SI units per LSB."""

    rate_hz: int
    scale: float


class MetaMotionSensor(SensorDriver):
    """The driver of the MetaMotion boards.

    Parameters
    ----------
    rate_hz
        Rate to ask for, Hz; None: 100.

    Attributes
    ----------
    errors, last_error
        How often the sensor sent nonsense; the newest, with its bytes.
    """

    def __init__(self, *, rate_hz: int | None = None) -> None:
        super().__init__()
        self._asked_hz = USUAL_RATE_HZ if rate_hz is None else rate_hz
        self._kinds: dict[int, int] = {}
        self._chip: _Chip | None = None
        self._set: dict[int, _Setting] = {}
        self._rate_hz = 0
        self._timeline: Counted | None = None
        self._pairs = Pairs(_PACKED)
        self._repeats = Repeats()

    @property
    def period_s(self) -> float | None:
        """Sampling period in force, seconds; None before it is known."""
        return self._timeline.period_s if self._timeline else None

    def start(self) -> Iterator[Step]:
        """Yield what to do after connecting so that samples flow.

        The answers decide how it goes on.

        Raises
        ------
        ProtocolError
            The board has other chips, or did not say which.
        """
        yield Subscribe(NOTIFY)
        for module in (_ACC, _GYR):
            yield _ask(module, _INFO)
        if self._chip is None:
            raise self.last_error or ProtocolError("the board did not say which motion chip it has", b"")
        yield from _switched_off()
        code = next(code for code, rate_hz in _RATE_CODES.items() if rate_hz == self._asked_hz)
        widest = next(code for code, range_g in self._chip.ranges_g.items() if range_g == _WIDEST_G)
        yield _tell(_ACC, _CONFIG, self._chip.acc_filter | code, widest)
        yield _tell(_GYR, _CONFIG, _GYR_FILTER | code, _WIDEST_GYR)
        for module in (_ACC, _GYR):
            yield _ask(module, _READ | _CONFIG)
        yield _tell(_ACC, self._chip.acc_packed, 1)
        yield _tell(_GYR, self._chip.gyr_packed, 1)
        for module in (_ACC, _GYR):
            yield _tell(module, _SAMPLING, 1, 0)
        for module in (_ACC, _GYR):
            yield _tell(module, _POWER, 1)

    def stop(self) -> list[Step]:
        """Return what to do before disconnecting."""
        return [*_switched_off(), Unsubscribe(NOTIFY)]

    def _take(self, event: GattEvent) -> list[Packet]:
        if event.uuid == NOTIFY and event.operation in SENT:
            return self._on_message(event)
        if event.uuid == COMMAND and event.data == _ON:
            self._restart()
        return []

    def _restart(self) -> None:
        self._pairs.restart()
        if self._timeline is not None:
            self._timeline.restart()

    def _on_message(self, event: GattEvent) -> list[Packet]:
        data = event.data
        if len(data) < 2:
            raise ProtocolError("message too short", data)
        module, register = data[0], data[1]
        if module not in (_ACC, _GYR):
            return []
        if register == _INFO:
            self._on_info(module, data)
        elif register == _READ | _CONFIG:
            self._on_config(module, data)
        elif self._chip is not None and register == self._packed(module):
            return self._on_samples(module, event)
        elif self._chip is None and not register & _READ:
            raise ProtocolError("samples before the chip is known", data)
        return []

    def _packed(self, module: int) -> int:
        assert self._chip is not None
        return self._chip.acc_packed if module == _ACC else self._chip.gyr_packed

    def _on_info(self, module: int, data: bytes) -> None:
        self._kinds[module] = data[2] if len(data) > 2 else -1  # nothing follows: there is no such module
        if self._kinds[module] < 0:
            self._chip = None
            raise ProtocolError("the board has no accelerometer" if module == _ACC else "it has no gyroscope", data)
        if module == _GYR:
            self._chip = _CHIPS.get((self._kinds.get(_ACC, -1), self._kinds[_GYR]))
            if self._chip is None:
                raise ProtocolError("the motion chip is none that is known (BMI160, BMI270)", data)

    def _on_config(self, module: int, data: bytes) -> None:
        if self._chip is None:
            raise ProtocolError("configuration before the chip is known", data)
        self._set[module] = _setting(self._chip, module, data)
        rates = {setting.rate_hz for setting in self._set.values()}
        if len(self._set) < 2:
            return
        if len(rates) > 1:
            if module == _GYR:  # which is asked for last
                raise ProtocolError("acceleration and turning rate are set to different rates", data)
            return
        (rate_hz,) = rates
        if rate_hz != self._rate_hz:
            self._rate_hz, self._timeline = rate_hz, Counted(rate_hz)
            self._pairs.restart()

    def _on_samples(self, module: int, event: GattEvent) -> list[Packet]:
        if self._timeline is None:
            raise ProtocolError("samples before the configuration is known", event.data)
        if len(event.data) != 2 + 6 * _PACKED:
            raise ProtocolError(f"{len(event.data)} bytes of samples, not {2 + 6 * _PACKED}", event.data)
        if self._repeats.seen(event.data, event.host_ns):
            return []
        raw = np.frombuffer(event.data, _RAW, offset=2).reshape(-1, 3)
        clipped = saturated(raw)
        which: Which = "acc" if module == _ACC else "gyr"
        out: list[Packet] = []
        rows = raw * np.float64(self._set[module].scale)
        for pair in self._pairs.push(which, event.host_ns, rows, clipped):
            out += self._timeline.place(*pair)
        return out


def _setting(chip: _Chip, module: int, data: bytes) -> _Setting:
    if len(data) < 4:
        raise ProtocolError("configuration too short", data)
    rate_hz = _RATE_CODES.get(data[2] & 0x0F)
    if rate_hz is None:
        raise ProtocolError(f"rate is none of {RATES_HZ}", data)
    if module == _GYR:
        lsb_per_dps = _GYR_LSB_PER_DPS.get(data[3])
        if lsb_per_dps is None:
            raise ProtocolError("range of the gyroscope is not known", data)
        return _Setting(rate_hz, float(np.radians(1 / lsb_per_dps)))
    range_g = chip.ranges_g.get(data[3])
    if range_g is None:
        raise ProtocolError("range of the accelerometer is not known", data)
    return _Setting(rate_hz, range_g * _G / 32768)


def _tell(module: int, register: int, *values: int) -> Write:
    return Write(COMMAND, bytes([module, register, *values]))


def _ask(module: int, register: int) -> Write:
    asked = bytes([module, register])
    return Write(COMMAND, asked, answer=asked, answer_on=NOTIFY)


def _switched_off() -> list[Step]:
    """What still runs from an earlier connection would go on with other settings."""
    off: list[Step] = []
    for module in (_ACC, _GYR):
        off += [_tell(module, _POWER, 0), _tell(module, _SAMPLING, 0, 1)]
    return off
