#!/bin/sh
# First process of the BlueZ machine: load modules, start D-Bus and bluetoothd, put the adapter on the virtio console,
# open D-Bus to the host, say READY. Kernel parameters: rmem= (bytes), btd= (options of bluetoothd), btmon (if wanted).
/bin/busybox --install -s /bin
export PATH=/bin LD_LIBRARY_PATH=/lib
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2>/dev/null

say() {
    read -r uptime _ </proc/uptime
    echo "guest +${uptime}s: $*" >/dev/console
}
parameter() {
    sed -n "s/.*\b$1=\([^ ]*\).*/\1/p" /proc/cmdline
}

while read -r module; do
    insmod "/modules/$module" || say "no module $module"
done </modules/order

sysctl -q -w "net.core.rmem_default=$(parameter rmem)"
ip link set lo up
ip link set eth0 up
ip addr add 10.0.2.15/24 dev eth0

dbus-daemon --config-file=/etc/dbus.conf --fork --nopidfile
# shellcheck disable=SC2046 # options are words
bluetoothd --nodetach $(parameter btd) >/run/bluetoothd.log 2>&1 &
while [ ! -e /dev/hvc0 ]; do sleep 0.05; done
grep -q btmon /proc/cmdline && btmon >/dev/ttyS0 2>&1 &
btattach --bredr /dev/hvc0 --protocol h4 >/run/btattach.log 2>&1 &
while ! bluetoothctl show 2>/dev/null | grep -q "Powered: yes"; do sleep 0.1; done
socat TCP-LISTEN:5555,fork,reuseaddr,nodelay UNIX-CONNECT:/run/dbus/system_bus_socket &
while ! grep -q ":15B3 .* 0A " /proc/net/tcp; do sleep 0.05; done # port 5555 listens
say READY
while :; do sleep 3600; done
