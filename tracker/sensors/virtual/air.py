"""The air between virtual controllers: what bumble's link carries, with faults that can be repeated.

In: frames and advertisements of the controllers on it. Out: the same at the other end, at once, late, or never.
Rule: **a link delivers everything, in order, or is lost** (a real link layer repeats what was not acknowledged).
Silence holds frames back; when it ends in time they arrive in a burst, and after the supervision timeout both ends
report the link as lost and what was held is gone. Advertisements are not repeated: in silence they are lost.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass

from bumble import controller, core, hci, link, ll

SUPERVISION_S = 6.0
"""Supervision timeout: what our firmware asks for (firmware_protocol, Notes)."""
RSSI_DBM = -50


class Air(link.LocalLink):
    """The link between all controllers of one radio.

    Attributes
    ----------
    numbers
        Numbers for sensors, none of them twice.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.numbers = itertools.count(1)
        self._silent: dict[Controller, asyncio.TimerHandle] = {}
        self._held: list[tuple[Controller, Controller, Callable[[], None]]] = []

    def silence(self, *concerned: Controller) -> None:
        """Let nothing through to or from these controllers (all of them, if none is named)."""
        loop = asyncio.get_running_loop()
        for one in concerned or self._all():
            if one not in self._silent:
                self._silent[one] = loop.call_later(SUPERVISION_S, self.drop, one)

    def clear(self, *concerned: Controller) -> None:
        """End the silence; what was held arrives now."""
        for one in concerned or tuple(self._silent):
            if timer := self._silent.pop(one, None):
                timer.cancel()
        held, self._held = self._held, []
        for sender, receiver, deliver in held:
            if self._silent_between(sender, receiver):
                self._held.append((sender, receiver, deliver))
            else:
                deliver()

    def drop(self, *concerned: Controller) -> None:
        """Lose the links of these controllers: both ends report a supervision timeout."""
        lost = concerned or self._all()
        self._held = [one for one in self._held if not {one[0], one[1]} & set(lost)]
        for end in self._all():
            for connection in list(end.le_connections.values()):
                if end in lost or self.find_le_controller(connection.peer_address) in lost:
                    end.on_le_disconnected(connection, hci.HCI_CONNECTION_TIMEOUT_ERROR)

    def send_acl_data(
        self,
        sender_controller: controller.Controller,
        destination_address: hci.Address,
        transport: core.PhysicalTransport,
        data: bytes,
    ) -> None:
        """Carry one L2CAP frame."""
        send = super().send_acl_data
        receiver = self.find_le_controller(destination_address)
        self._carry(sender_controller, receiver, lambda: send(sender_controller, destination_address, transport, data))

    def send_ll_control_pdu(
        self, sender_address: hci.Address, receiver_address: hci.Address, packet: ll.ControlPdu
    ) -> None:
        """Carry one control frame."""
        send = super().send_ll_control_pdu
        ends = (self.find_le_controller(sender_address), self.find_le_controller(receiver_address))
        self._carry(*ends, lambda: send(sender_address, receiver_address, packet))

    def send_advertising_pdu(self, sender_controller: controller.Controller, packet: ll.AdvertisingPdu) -> None:
        """Send an advertisement, or the request to connect, to all that hear it."""
        loop = asyncio.get_running_loop()
        for other in self._all():
            if other is not sender_controller and not self._silent_between(sender_controller, other):
                loop.call_soon(other.on_ll_advertising_pdu, packet)

    def _all(self) -> list[Controller]:
        """Every controller, in an order that is the same in each run."""
        known = [one for one in self.controllers if isinstance(one, Controller)]
        return sorted(known, key=lambda one: one.name)

    def _silent_between(self, *ends: controller.Controller | None) -> bool:
        return any(one in self._silent for one in ends)

    def _carry(
        self, sender: controller.Controller | None, receiver: controller.Controller | None, deliver: Callable[[], None]
    ) -> None:
        if not (isinstance(sender, Controller) and isinstance(receiver, Controller)):
            return  # that end is gone
        if self._silent_between(sender, receiver):
            self._held.append((sender, receiver, deliver))
        else:
            deliver()


@dataclass
class _Advertisement(ll.AdvInd):
    """An advertisement with what a scan request would be answered."""

    scan_response: bytes = b""
    rssi_dbm: int = RSSI_DBM


class _Advertiser(controller.LegacyAdvertiser):
    """Sends scan responses too."""

    def send_advertising_data(self) -> None:
        """Send one advertisement."""
        kind = hci.HCI_LE_Set_Advertising_Parameters_Command.AdvertisingType.ADV_IND
        if self.enabled and self.advertising_type == kind:
            rssi = getattr(self.controller, "rssi_dbm", RSSI_DBM)
            packet = _Advertisement(self.address, self.advertising_data, self.scan_response_data, rssi)
            self.controller.send_advertising_pdu(packet)


class Controller(controller.Controller):
    """A virtual controller on the air.

    What bumble's own does not do: scan responses, signal strength, and giving up a connection that was not made
    (LE Create Connection Cancel; without it every later attempt is refused).

    Parameters
    ----------
    name
        Unique on its air.
    air
        Where it sends.
    rssi_dbm
        How strongly others receive it.
    """

    def __init__(self, name: str, air: Air, *, rssi_dbm: int = RSSI_DBM) -> None:
        super().__init__(name, link=air)
        self.rssi_dbm = rssi_dbm
        self.le_legacy_advertiser = _Advertiser(self)
        # with the older commands alone one advertisement is one report, and every stack knows them
        self.le_features &= ~(hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING)

    def switch_off(self) -> None:
        """Fall silent at once: the own host is told, the other ends notice after the supervision timeout."""
        assert isinstance(self.link, Air)
        self.le_legacy_advertiser.stop()
        for connection in list(self.le_connections.values()):
            other = self.link.find_le_controller(connection.peer_address)
            self.on_le_disconnected(connection, hci.HCI_CONNECTION_TERMINATED_BY_LOCAL_HOST_ERROR)
            if other is not None and (stale := other.le_connections.get(connection.self_address)) is not None:
                asyncio.get_running_loop().call_later(SUPERVISION_S, _time_out, other, stale)

    def on_advertising_pdu(self, pdu: ll.AdvInd | ll.AdvExtInd) -> None:
        """Report an advertisement, and its scan response to an active scanner; connect if that was waited for."""
        if not isinstance(pdu, _Advertisement):
            super().on_advertising_pdu(pdu)
            return
        if self.le_scan_enable:
            kinds = hci.HCI_LE_Advertising_Report_Event.EventType
            self._report(kinds.ADV_IND, pdu, pdu.data)
            if self.le_scan_type == hci.HCI_LE_Set_Scan_Parameters_Command.ACTIVE_SCANNING:
                self._report(kinds.SCAN_RSP, pdu, pdu.scan_response)
        pending = self.pending_le_connection
        if pending is not None and pending.peer_address == pdu.advertiser_address:
            self.create_le_connection(pdu.advertiser_address)

    def on_hci_le_create_connection_cancel_command(
        self, _command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Give up a connection that was asked for."""
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        given_up = hci.HCI_LE_Connection_Complete_Event(
            status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
            connection_handle=0,
            role=hci.Role.CENTRAL,
            peer_address_type=pending.peer_address.address_type,
            peer_address=pending.peer_address,
            connection_interval=0,
            peripheral_latency=0,
            supervision_timeout=0,
            central_clock_accuracy=0,
        )
        asyncio.get_running_loop().call_soon(self.send_hci_packet, given_up)  # after the command's own answer
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def _report(self, kind: int, pdu: _Advertisement, data: bytes) -> None:
        report = hci.HCI_LE_Advertising_Report_Event.Report(
            event_type=kind,
            address_type=pdu.advertiser_address.address_type,
            address=pdu.advertiser_address,
            data=data,
            rssi=pdu.rssi_dbm,
        )
        self.send_hci_packet(hci.HCI_LE_Advertising_Report_Event([report]))


def _time_out(end: controller.Controller, connection: controller.Connection) -> None:
    if connection in end.le_connections.values():
        end.on_le_disconnected(connection, hci.HCI_CONNECTION_TIMEOUT_ERROR)
