# TTL, TOS, DSCP, CLASSIFY and CHECKSUM: what the next machine sees.
ip netns add a; ip netns add r; ip netns add b
ip link add a0 netns a type veth peer name ra netns r
ip link add b0 netns b type veth peer name rb netns r
ip -n r addr add 10.0.0.254/24 dev ra; ip -n r addr add 10.0.1.254/24 dev rb; ip -n r link set ra up; ip -n r link set rb up
ip -n a addr add 10.0.0.1/24 dev a0; ip -n a link set a0 up; ip -n a link set lo up
ip -n b addr add 10.0.1.1/24 dev b0; ip -n b link set b0 up; ip -n b link set lo up
ip -n a route add default via 10.0.0.254; ip -n b route add default via 10.0.1.254
ip netns exec r sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0
m() { ip netns exec r iptables -t mangle "$@"; }
see() {
  ip netns exec b timeout 1.4 tcpdump -n -v -l -i b0 icmp[0] = 8 2>/dev/null > /tmp/nf-ttl &
  local pid=$!
  sleep 0.4
  ip netns exec a ping -c1 -W1 "$@" 10.0.1.1 | grep -e transmitted -e From -e ttl=
  wait $pid
  grep -o 'tos.*' /tmp/nf-ttl | sed 's/ id [0-9]*,/ id N,/'
  ip netns exec r iptables-save -c -t mangle | grep -e '-A'
  m -F
}
echo "== ttl set"; m -A PREROUTING -i ra -j TTL --ttl-set 10; see
echo "== ttl set after forwarding"; m -A POSTROUTING -o rb -j TTL --ttl-set 10; see
echo "== ttl inc"; m -A PREROUTING -i ra -j TTL --ttl-inc 5; see
echo "== ttl inc to the end"; m -A PREROUTING -i ra -j TTL --ttl-inc 255; see
echo "== ttl dec"; m -A PREROUTING -i ra -j TTL --ttl-dec 5; see
echo "== ttl dec below zero, then forwarded"; m -A PREROUTING -i ra -j TTL --ttl-dec 200; see
echo "== ttl dec below zero, on the way out"; m -A POSTROUTING -o rb -j TTL --ttl-dec 200; see
echo "== ttl set to zero on the way out"; m -A POSTROUTING -o rb -j TTL --ttl-set 0; see
echo "== ttl unchanged"; m -A PREROUTING -i ra -j TTL --ttl-set 64; see
echo "== tos set"; m -A PREROUTING -i ra -j TOS --set-tos 0x10; see
echo "== tos with a mask"; m -A PREROUTING -i ra -j TOS --set-tos 0x08/0x18; see -Q 0x94
echo "== tos by name keeps what is above"; m -A PREROUTING -i ra -j TOS --set-tos Minimize-Cost; see -Q 0xf0
echo "== tos and"; m -A PREROUTING -i ra -j TOS --and-tos 0xf0; see -Q 0x9c
echo "== tos or"; m -A PREROUTING -i ra -j TOS --or-tos 0x03; see -Q 0x9c
echo "== tos xor"; m -A PREROUTING -i ra -j TOS --xor-tos 0xff; see -Q 0x9c
echo "== dscp keeps ECN"; m -A PREROUTING -i ra -j DSCP --set-dscp 0x2e; see -Q 0x03
echo "== dscp class"; m -A PREROUTING -i ra -j DSCP --set-dscp-class AF41; see
echo "== matched by later rules"
m -A PREROUTING -i ra -j DSCP --set-dscp-class EF
m -A FORWARD -m dscp --dscp-class EF
m -A FORWARD -m tos --tos 0xb8
m -A FORWARD -m ttl --ttl-eq 63
see
echo "== classify, checksum: nothing to see"
m -A POSTROUTING -j CLASSIFY --set-class 1:10
m -A POSTROUTING -j CHECKSUM --checksum-fill
see
echo "== one's own packets"
ip netns exec a iptables -t mangle -A OUTPUT -j TTL --ttl-set 5
ip netns exec a iptables -t mangle -A OUTPUT -j TOS --set-tos 0x20
see
