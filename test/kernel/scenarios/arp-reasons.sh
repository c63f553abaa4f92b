# What decides whether a question is answered: each question is asked with one setting, and again with another; the title names it.
# test/unit/arp.test.ts holds the reasons of netsim's trace against this.
# native
ip netns add b
ip link add v0 type veth peer name v1 netns b; ip link add w0 type veth peer name w1 netns b
ip addr add 10.0.0.1/24 dev v0; ip link set v0 up; ip link set w0 up
ip -n b addr add 10.0.0.2/24 dev v1; ip -n b addr add 10.1.0.2/24 dev w1
ip -n b link set v1 up; ip -n b link set w1 up; ip -n b link set lo up
ip netns exec b sysctl -qw net.ipv4.neigh.v1.proxy_delay=0
sleep 0.3
set_b() { for s in "$@"; do ip netns exec b sysctl -qw net.ipv4.$s; done; }
FORWARDING=conf.v1.forwarding=1
PROXY="$FORWARDING conf.v1.proxy_arp=1"
# ask TITLE SETTINGS QUESTION: then the settings go back
ask() {
  echo "== $1"
  set_b $2
  arping -c 1 -w 1 -I v0 $3 | grep Received
  set_b conf.v1.forwarding=0 conf.v1.proxy_arp=0 conf.v1.arp_ignore=0 conf.v1.medium_id=0
}
ask 'its own address' '' 10.0.0.2
ask 'the address of another device' '' 10.1.0.2
ask 'arp_ignore 1' conf.v1.arp_ignore=1 10.1.0.2
ask 'arp_ignore 2' conf.v1.arp_ignore=2 10.1.0.2
ask 'arp_ignore 8' conf.v1.arp_ignore=8 10.0.0.2
ask 'a duplicate' '' '-D 10.0.0.2'
ask 'no duplicate' '' '-D 10.0.0.9'
ask 'forwarding off' conf.v1.proxy_arp=1 10.1.0.9
ask 'proxy_arp off' $FORWARDING 10.1.0.9
ask 'no route' "$PROXY" 192.0.2.1
ask 'the same device' "$PROXY" 10.0.0.9
ask 'one medium' "$PROXY conf.v1.medium_id=-1" 10.1.0.9
ask 'a proxy' "$PROXY" 10.1.0.9
ip netns exec b ip route add 192.0.2.0/24 dev w1
ask 'no route, with one' "$PROXY" 192.0.2.1
ip netns exec b ip neigh add proxy 10.1.0.9 dev v1
ask 'a proxy entry' $FORWARDING 10.1.0.9
echo "== the MAC of another machine"
ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:99 nud stale dev v0
ping -q -c 1 -W 1 10.0.0.2; sleep 9
ip neigh show 10.0.0.2
