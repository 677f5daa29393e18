"""What a sensor says about itself: version, rate, scales, boot.

In: the value of the Info characteristic. Out: `Info`. Everything a receiver needs to turn raw integers into
SI units and sample numbers into time is here, so a recording that holds it can be read without a table of
sensors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from struct import Struct
from typing import Self

from firmware_protocol.wire import (
    PROTOCOL_MAJOR,
    PROTOCOL_MINOR,
    Buffer,
    blame,
    check_length,
    check_major,
    check_uint,
    unpack,
)

STANDARD_GRAVITY = 9.80665
"""m/s², by definition (3rd CGPM, 1901)."""

_FULL_SCALE = 32768  # LSB
_RATE_TOLERANCE = 0.20  # free-running oscillators of motion chips are off by up to about 10 %
_SPAN_TOLERANCE = 2.0  # chips scale up to 15 % beyond their range; g for m/s² is off by 9.8, degrees by 57

_RATE = Struct("<HI")
_SCALES = Struct("<ffHH")
_INFO = Struct("<BB6sI12s12s12s")
_TEXT_BYTES = 12


def _float32(value: float) -> float:
    """Round to what four bytes can hold.

    Raises
    ------
    ValueError
        If `value` is too large for it.
    """
    layout = Struct("<f")
    try:
        rounded: float = layout.unpack(layout.pack(value))[0]
    except OverflowError:
        raise ValueError(f"{value} does not fit a float32") from None
    return rounded


@dataclass(frozen=True, slots=True)
class Rate:
    """A sampling rate: as set, and as measured by the sensor's own clock.

    Attributes
    ----------
    nominal_rate_hz
        As set, Hz, 1 to 65535.
    measured_rate_millihz
        As measured, 1/1000 Hz, within 20 % of nominal; 0 if not measured yet.

    Raises
    ------
    ValueError
        If a field is out of range.

    Examples
    --------
    >>> Rate(104, 101_873).hz
    101.873
    >>> Rate(104).period_s
    0.009615384615384616
    """

    nominal_rate_hz: int
    measured_rate_millihz: int = 0

    def __post_init__(self) -> None:
        check_uint("nominal_rate_hz", self.nominal_rate_hz, 16, smallest=1)
        check_uint("measured_rate_millihz", self.measured_rate_millihz, 32)
        if abs(self.hz / self.nominal_rate_hz - 1.0) > _RATE_TOLERANCE:
            raise ValueError(
                f"measured_rate_millihz is {self.measured_rate_millihz}, "
                f"not within 20 % of nominal_rate_hz {self.nominal_rate_hz}"
            )

    @property
    def hz(self) -> float:
        """The best known rate, Hz: measured, or nominal before there is a measurement."""
        return self.measured_rate_millihz / 1000.0 if self.measured_rate_millihz else float(self.nominal_rate_hz)

    @property
    def period_s(self) -> float:
        """Seconds from one sample to the next, by the best known rate."""
        return 1.0 / self.hz

    @classmethod
    def from_bytes(cls, data: Buffer) -> Self:
        """Decode six bytes.

        Raises
        ------
        ProtocolError
            If they are too few or out of range.
        """
        data = bytes(data)
        with blame(data):
            return cls(*unpack("rate", _RATE, data))

    def __bytes__(self) -> bytes:
        return _RATE.pack(self.nominal_rate_hz, self.measured_rate_millihz)


@dataclass(frozen=True, slots=True)
class Scales:
    """What one step of the raw integers is worth.

    Attributes
    ----------
    acc_scale
        m/s² per LSB; rounded to float32, as on the wire.
    gyr_scale
        rad/s per LSB; rounded to float32, as on the wire.
    acc_range_g, gyr_range_dps
        Full scale, g and °/s, 1 to 65535.

    Raises
    ------
    ValueError
        If a field is out of range, or 32768 × scale is not between half and twice its range.
    """

    acc_scale: float
    gyr_scale: float
    acc_range_g: int
    gyr_range_dps: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "acc_scale", _float32(self.acc_scale))
        object.__setattr__(self, "gyr_scale", _float32(self.gyr_scale))
        check_uint("acc_range_g", self.acc_range_g, 16, smallest=1)
        check_uint("gyr_range_dps", self.gyr_range_dps, 16, smallest=1)
        _check_span("acc_scale", self.acc_scale, self.acc_range_g * STANDARD_GRAVITY, "m/s²")
        _check_span("gyr_scale", self.gyr_scale, math.radians(self.gyr_range_dps), "rad/s")

    @classmethod
    def for_ranges(cls, acc_range_g: int, gyr_range_dps: int) -> Self:
        """Scales of a chip whose 16 bits span its ranges exactly.

        Examples
        --------
        >>> scales = Scales.for_ranges(16, 2000)
        >>> round(2048 * scales.acc_scale, 5)
        9.80665
        """
        return cls(
            acc_range_g * STANDARD_GRAVITY / _FULL_SCALE,
            math.radians(gyr_range_dps) / _FULL_SCALE,
            acc_range_g,
            gyr_range_dps,
        )

    @classmethod
    def from_bytes(cls, data: Buffer) -> Self:
        """Decode twelve bytes.

        Raises
        ------
        ProtocolError
            If they are too few or out of range.
        """
        data = bytes(data)
        with blame(data):
            return cls(*unpack("scales", _SCALES, data))

    def __bytes__(self) -> bytes:
        return _SCALES.pack(self.acc_scale, self.gyr_scale, self.acc_range_g, self.gyr_range_dps)


def _check_span(name: str, scale: float, full_scale: float, unit: str) -> None:
    ratio = scale * _FULL_SCALE / full_scale
    if not 1 / _SPAN_TOLERANCE <= ratio <= _SPAN_TOLERANCE:  # false for NaN too
        raise ValueError(
            f"{name} is {scale:g}, expected about {full_scale / _FULL_SCALE:g} {unit} per LSB for its range"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """The value of the Info characteristic.

    Attributes
    ----------
    rate
        Sampling rate in force.
    scales
        Worth of the raw integers, in force.
    boot_id
        Drawn at random once per boot: a new one means that index and clock began anew.
    hardware, firmware
        For people: board and chip, build. Printable ASCII, at most 12 characters.
    major, minor
        Protocol version the sensor speaks.

    Raises
    ------
    ValueError
        If a field is out of range.

    Examples
    --------
    >>> info = Info(rate=Rate(100), scales=Scales.for_ranges(16, 2000), boot_id=1, hardware="sim")
    >>> Info.from_bytes(bytes(info)) == info
    True
    """

    rate: Rate
    scales: Scales
    boot_id: int
    hardware: str = ""
    firmware: str = ""
    major: int = PROTOCOL_MAJOR
    minor: int = PROTOCOL_MINOR

    def __post_init__(self) -> None:
        check_uint("boot_id", self.boot_id, 32)
        check_uint("minor", self.minor, 8)
        if self.major != PROTOCOL_MAJOR:
            raise ValueError(f"major is {self.major}, expected {PROTOCOL_MAJOR}")
        _check_text("hardware", self.hardware)
        _check_text("firmware", self.firmware)

    @classmethod
    def from_bytes(cls, data: Buffer) -> Self:
        """Decode a read of the Info characteristic; bytes behind the known ones are ignored.

        Raises
        ------
        ProtocolError
            If the major version is unknown, bytes are missing, or a field is out of range.
        """
        data = bytes(data)
        check_length("info", data, 1)
        check_major("info", data[0], data)
        major, minor, rate, boot_id, scales, hardware, firmware = unpack("info", _INFO, data)
        with blame(data):
            return cls(
                rate=Rate.from_bytes(rate),
                scales=Scales.from_bytes(scales),
                boot_id=boot_id,
                hardware=_text(hardware),
                firmware=_text(firmware),
                major=major,
                minor=minor,
            )

    def __bytes__(self) -> bytes:
        hardware, firmware = self.hardware.encode("ascii"), self.firmware.encode("ascii")
        rate, scales = bytes(self.rate), bytes(self.scales)
        return _INFO.pack(self.major, self.minor, rate, self.boot_id, scales, hardware, firmware)


def _text(field: bytes) -> str:
    """Text before the first zero byte; latin-1 keeps what is not ASCII visible in the error."""
    return field.split(b"\0", 1)[0].decode("latin-1")


def _check_text(name: str, text: str) -> None:
    if not (text.isascii() and text.isprintable() and len(text) <= _TEXT_BYTES):
        raise ValueError(f"{name} is {text!r}, expected at most {_TEXT_BYTES} printable ASCII characters")
