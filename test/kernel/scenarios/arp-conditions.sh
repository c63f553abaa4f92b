# Which ARP requests a machine answers: arp_ignore, arp_filter, proxy_arp and its conditions, proxy entries, proxy_arp_pvlan.
ip netns add a
ip netns add b
ip netns add c
ip link add v0 netns a type veth peer name v1 netns b
ip link add w0 netns c type veth peer name w1 netns b
for n in a b c; do ip -n $n link set lo up; done
ip -n a link set v0 up
ip -n b link set v1 up
ip -n b link set w1 up
ip -n c link set w0 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
ip -n b addr add 10.1.0.2/24 dev w1
ip -n c addr add 10.1.0.1/24 dev w0
ip -n b addr add 10.9.9.9/32 dev lo scope host
set_b() { ip netns exec b sysctl -qw "$@"; echo "b: $*"; }
ask() { ip netns exec a arping -q -c 1 -w 1 -I v0 "$@" > /dev/null 2>&1 && echo "$*: answered" || echo "$*: silence"; }
set_b net.ipv4.neigh.v1.proxy_delay=0
ask 10.0.0.2
ask 10.1.0.2
ask 10.9.9.9
ask 10.0.0.77
ask 127.0.0.1
ask 224.0.0.5
for i in 1 2 3 8 0; do
  set_b net.ipv4.conf.v1.arp_ignore=$i
  ask 10.0.0.2
  ask 10.1.0.2
  ask 10.9.9.9
done
set_b net.ipv4.conf.all.arp_ignore=1
ask 10.1.0.2
set_b net.ipv4.conf.all.arp_ignore=0
# proxy_arp: forwarding, a route, another device
set_b net.ipv4.conf.v1.proxy_arp=1
ask 10.1.0.1
set_b net.ipv4.conf.v1.forwarding=1
ask 10.1.0.1
ask 10.1.0.77
ask 10.0.0.77
ask 192.0.2.1
ip -n b route add blackhole 192.0.2.0/24
ask 192.0.2.1
ip -n b route replace 192.0.2.0/24 via 10.1.0.1
ask 192.0.2.1
set_b net.ipv4.conf.v1.medium_id=-1
ask 10.1.0.1
set_b net.ipv4.conf.v1.medium_id=5
ask 10.1.0.1
set_b net.ipv4.conf.w1.medium_id=5
ask 10.1.0.1
set_b net.ipv4.conf.v1.medium_id=0
set_b net.ipv4.conf.v1.proxy_arp=0
ask 10.1.0.1
set_b net.ipv4.conf.all.proxy_arp=1
ask 10.1.0.1
set_b net.ipv4.conf.all.proxy_arp=0
# private VLAN: back out of the same device
set_b net.ipv4.conf.v1.proxy_arp_pvlan=1
ask 10.0.0.77
ask 10.1.0.1
set_b net.ipv4.conf.v1.proxy_arp_pvlan=0
set_b net.ipv4.conf.all.proxy_arp_pvlan=1
ask 10.0.0.77
set_b net.ipv4.conf.all.proxy_arp_pvlan=0
# proxy entries
ip -n b neigh add proxy 10.1.0.1 dev v1
ip -n b neigh add proxy 10.0.0.77 dev v1
ask 10.1.0.1
ask 10.0.0.77
set_b net.ipv4.conf.v1.forwarding=0
ask 10.1.0.1
# reverse path filter: the asker has to be reachable by the device
set_b net.ipv4.conf.v1.rp_filter=1
ip -n b route add 10.0.0.1/32 via 10.1.0.1
ask 10.0.0.2
set_b net.ipv4.conf.v1.rp_filter=0
ask 10.0.0.2
set_b net.ipv4.conf.v1.arp_filter=1
ask 10.0.0.2
ip -n b route del 10.0.0.1/32
ask 10.0.0.2
# duplicate address detection
ip netns exec a arping -q -D -c 1 -w 1 -I v0 10.0.0.2 > /dev/null; echo "-D 10.0.0.2: $?"
ip netns exec a arping -q -D -c 1 -w 1 -I v0 10.0.0.77 > /dev/null; echo "-D 10.0.0.77: $?"
