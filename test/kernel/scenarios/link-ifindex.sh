# native
# Which refused `ip link add` use up an ifindex: peers that were already there, and names that inetdev_event refuses.
idx() { ip link add zz type veth peer name zy; echo "$1: $(cat /sys/class/net/zy/ifindex) $(cat /sys/class/net/zz/ifindex)"; ip link del zz; }
ip netns add other 2>/dev/null
idx base
t() { echo "== $*"; "$@" 2>&1; echo "rc=$?"; ip link del n1 2> /dev/null; idx after; }
ip link add t0 type ifb; idx t0
t ip link add t0 type ifb
t ip link add t0 type veth peer name p0
t ip link add p1 type veth peer name t0
t ip link add p1 type veth peer name p1
t ip link add n1 type nosuch
t ip link add n1 mtu 10 type veth
t ip link add n1 mtu 70000 type veth peer name n2
t ip link add n1 type veth peer name n2 mtu 10
t ip link add n1 mtu 10 type veth peer name n2
t ip link add n1 address 01:00:00:00:00:01 type ifb
t ip link add n1 address 01:00:00:00:00:01 type veth peer name n2
t ip link add n1 type veth peer name n2 address 01:00:00:00:00:01
t ip link add all type ifb
t ip link add n1 type veth peer name all
t ip link add all type veth peer name n2
t ip link add a/b type ifb
t ip link add n1 type veth peer name n2 up
t ip link add n1 numtxqueues 5000 type ifb
t ip link add n1 type veth peer name n2 numtxqueues 5000
t ip link add n1 numtxqueues 5000 type veth peer name n2
t ip link add n1 index 1 type ifb
t ip link add n1 index 1 type veth peer name n2
t ip link add n1 type veth peer name n2 index 1
t ip link add n1 index 777 type veth peer name n2 index 1
t ip link add n1 index 777 type veth peer name n2 index 777
t ip link add n%d%d type ifb
t ip link add n1 type veth peer name n%d%d
t ip link add n%d%d type veth peer name n2
t ip link add x/y type veth peer name n2
