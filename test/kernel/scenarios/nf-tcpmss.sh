# TCPMSS: --set-mss lowers and never raises, adds the option where it is missing, --clamp-mss-to-pmtu looks both ways.
ip netns add a; ip netns add r; ip netns add b
ip link add a0 netns a type veth peer name ra netns r
ip link add b0 netns b type veth peer name rb netns r
ip -n r addr add 10.0.0.254/24 dev ra; ip -n r addr add 10.0.1.254/24 dev rb; ip -n r link set ra up; ip -n r link set rb up
ip -n a addr add 10.0.0.1/24 dev a0; ip -n a link set a0 up; ip -n a link set lo up
ip -n b addr add 10.0.1.1/24 dev b0; ip -n b link set b0 up; ip -n b link set lo up
ip -n a route add default via 10.0.0.254; ip -n b route add default via 10.0.1.254
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec b nc -l -k -p 80 > /dev/null 2>&1 < /dev/null &
sleep 0.5
m() { ip netns exec r iptables -t mangle "$@"; }
n=0
syn() {
  n=$((n + 1))
  ip netns exec b tcpdump -n -v -l -i b0 -c 2 'tcp[13] & 2 != 0' 2>/dev/null > /tmp/nf-mss &
  local pid=$!
  sleep 0.4
  ip netns exec a nc -z -w2 10.0.1.1 80; echo "rc=$?"
  wait $pid
  grep -o -e 'Flags.*' -e 'length [0-9]*)$' /tmp/nf-mss | sed 's/seq [0-9]*/seq S/; s/ack [0-9]*/ack A/; s/cksum [^)]*)/cksum C/; s/TS val [0-9]* ecr [0-9]*/TS/; s/wscale [0-9]*/wscale W/'
  ip netns exec r iptables-save -c -t mangle | grep -e '-A'
  m -F
}
echo "== untouched"; syn
echo "== set"; m -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1000; syn
echo "== never raised"; m -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 2000; syn
echo "== only SYN, not SYN,ACK"; m -A FORWARD -p tcp --syn -j TCPMSS --set-mss 900; syn
echo "== clamp, nothing narrow"; m -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu; syn
echo "== clamp, the way out is narrow"
ip -n r link set rb mtu 1400
m -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu; syn
echo "== clamp in POSTROUTING"
m -A POSTROUTING -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu; syn
ip -n r link set rb mtu 1500
echo "== clamp, a route's metric"
ip -n r route add 10.0.1.1/32 dev rb mtu 1300
m -A FORWARD -p tcp --syn -j TCPMSS --clamp-mss-to-pmtu; syn
ip -n r route del 10.0.1.1/32
echo "== clamp of one's own"
ip netns exec a iptables -t mangle -A OUTPUT -p tcp --syn -j TCPMSS --set-mss 800; syn
ip netns exec a iptables-save -c -t mangle | grep -e '-A'
ip netns exec a iptables -t mangle -F
