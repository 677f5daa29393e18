"""The air between sensor and computer: batches, losses, arrival times.

In: raw samples with their times. Out: which of them arrived, and the notifications (`firmware_protocol`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firmware_protocol import Info, MotionPacket, Rate, Scales, samples_per_notification

Array = NDArray[np.float64]
Notification = tuple[int, bytes]
"""Host arrival time, ns, and the notification's value."""


@dataclass(frozen=True, slots=True)
class Link:
    """A Bluetooth link.

    Attributes
    ----------
    mtu
        ATT MTU, bytes; with the 100 ms limit it decides the batch.
    interval_s
        Connection interval: notifications arrive on its grid.
    jitter_s
        Mean of the exponential delay that the host adds.
    loss
        Share of notifications lost one by one.
    bursts_per_min, burst_s
        Outages and their mean length.
    host_start_ns, boot_age_s
        Host clock when the session begins; how long the sensor has been on by then.
    first_index
        Index of the first sample (the counter runs since boot).
    """

    mtu: int = 247
    interval_s: float = 0.03
    jitter_s: float = 0.004
    loss: float = 0.0
    bursts_per_min: float = 0.0
    burst_s: float = 0.4
    host_start_ns: int = 1_000_000_000
    boot_age_s: float = 60.0
    first_index: int = 0


def info_bytes(scales: Scales, nominal_hz: int, measured_hz: float, boot_id: int) -> bytes:
    """Value of the Info characteristic."""
    rate = Rate(nominal_hz, round(measured_hz * 1000))
    return bytes(Info(rate=rate, scales=scales, boot_id=boot_id, hardware="simulated", firmware="1.0"))


def deliver(
    raw: NDArray[np.int16],
    time_s: Array,
    clock_us: Array,
    rate_hz: float,
    boot_id: int,
    link: Link,
    rng: np.random.Generator,
    *,
    notify: bool = True,
) -> tuple[NDArray[np.bool_], list[Notification]]:
    """Send the samples.

    Parameters
    ----------
    raw
        Shape (n, 6): acceleration, turning rate, in steps of the scales.
    time_s, clock_us
        True time of each sample; the same by the sensor's clock, before the age of the boot is added.
    rate_hz
        Nominal rate.
    boot_id
        Decides the stream's number.
    link
        The link.
    rng
        Source of losses and jitter.
    notify
        Make the notifications; without them only the losses are drawn.

    Returns
    -------
    tuple
        Mask (n,) of the samples that arrived; the notifications in order of arrival.
    """
    size = samples_per_notification(link.mtu, rate_hz)
    stream = (boot_id + 1) % 256
    starts = np.arange(0, len(raw), size)
    lost = (rng.random(len(starts)) < link.loss) | _outages(time_s[starts], link, rng)
    phase = rng.uniform(0, link.interval_s)
    arrived = np.zeros(len(raw), dtype=bool)
    out: list[Notification] = []
    last_ns = 0
    delays = rng.exponential(link.jitter_s, size=len(starts)) if link.jitter_s else np.zeros(len(starts))
    for number, begin in enumerate(starts):
        end = min(int(begin) + size, len(raw))
        if lost[number]:
            continue
        arrived[begin:end] = True
        if not notify:
            continue
        packet = MotionPacket.of(
            raw[begin:end].tolist(),
            stream=stream,
            index=int(begin + link.first_index) % 2**16,
            time_us=round(clock_us[begin] + link.boot_age_s * 1e6) % 2**32,
            lost=bool(number and lost[number - 1]),
        )
        ready = time_s[end - 1] - phase
        on_air = phase + np.ceil(ready / link.interval_s) * link.interval_s + delays[number]
        last_ns = max(last_ns + 1000, link.host_start_ns + round(float(on_air) * 1e9))
        out.append((last_ns, bytes(packet)))
    return arrived, out


def _outages(time_s: Array, link: Link, rng: np.random.Generator) -> NDArray[np.bool_]:
    out = np.zeros(len(time_s), dtype=bool)
    if not link.bursts_per_min or not len(time_s):
        return out
    for _ in range(rng.poisson(link.bursts_per_min * (time_s[-1] - time_s[0]) / 60)):
        begin = rng.uniform(time_s[0], time_s[-1])
        out |= (time_s >= begin) & (time_s < begin + rng.exponential(link.burst_s))
    return out
