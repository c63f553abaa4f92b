# What an `ip link set` with several settings leaves behind when one of them is refused.
s() { cat /sys/class/net/d0/{mtu,address,tx_queue_len,operstate} 2>/dev/null | tr '\n' ' '; ip -br link show d0 2>/dev/null | grep -c UP; ip -d link show d0 | grep -o 'alias .*\|group [a-z0-9]*\|promiscuity [0-9]'; }
ip netns add o
new() { ip link del d0 2>/dev/null; ip link add d0 address 02:00:00:00:00:01 type dummy; }
ip link add taken type dummy
t() { new; echo "== $*"; "$@" 2>&1; echo "rc=$?"; s; }
t ip link set d0 name taken mtu 1400
t ip link set d0 mtu 1400 name taken
t ip link set d0 address 02:00:00:00:00:09 mtu 1400 name taken up txqueuelen 55
t ip link set d0 address 02:00:00:00:00:09 mtu 70000
t ip link set d0 mtu 1400 address 01:00:00:00:00:09
t ip link set d0 up mtu 1400 name taken
t ip link set d0 group 5 name taken alias hello
t ip link set d0 name all mtu 1401
t ip link set d0 name a/b mtu 1402
t ip link set d0 up carrier off
t ip link set d0 up txqueuelen 77 carrier on
t ip link set d0 name taken group 7 broadcast 02:00:00:00:00:33
new; ip link set d0 up; echo "== up: name free mtu 1300"; ip link set d0 name free mtu 1300; echo rc=$?; s

ip -n o link add d0 type dummy; new; ip link del free 2>/dev/null; ip link set d0 mtu 1300 netns o; echo rc=$?; s
ip -n o link del d0; new; ip link set d0 name lo mtu 1333 netns o; echo rc=$?; s
new; ip link set d0 mtu 70000 name lo netns o; echo rc=$?; s
