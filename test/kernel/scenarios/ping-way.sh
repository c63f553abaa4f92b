# ping across two routers: ttl, the narrow link, unreachables of each kind, lost answers, signals, counts.
for n in a r s b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name ra netns r
ip link add rs netns r type veth peer name sr netns s
ip link add sb netns s type veth peer name eth0 netns b
ip -n a addr add 10.0.1.2/24 dev eth0; ip -n r addr add 10.0.1.1/24 dev ra
ip -n r addr add 10.0.2.1/24 dev rs; ip -n s addr add 10.0.2.2/24 dev sr
ip -n s addr add 10.0.3.1/24 dev sb; ip -n b addr add 10.0.3.2/24 dev eth0
for x in "a eth0" "r ra" "r rs" "s sr" "s sb" "b eth0"; do set -- $x; ip -n $1 link set $2 up; done
ip -n a route add default via 10.0.1.1; ip -n r route add 10.0.3.0/24 via 10.0.2.2
ip -n s route add 10.0.1.0/24 via 10.0.2.1; ip -n b route add default via 10.0.3.1
for n in r s; do ip netns exec $n sysctl -qw net.ipv4.ip_forward=1; done
for n in a r s b; do ip netns exec $n sysctl -qw net.ipv4.icmp_ratelimit=0; done
A="ip netns exec a"
ping() { $A ping "$@"; echo "rc=$?"; }
echo "== there and back"
ping -c 3 -i 0.3 10.0.3.2
ping -n -q -c 2 -i 0.2 10.0.3.2
ping -c 1 -s 0 10.0.3.2
ping -c 1 -s 3000 10.0.3.2
echo "== ttl"
for t in 1 2 3; do ping -n -c 1 -W 2 -t $t 10.0.3.2; done
echo "== the narrow link"
ip -n s link set sb mtu 1300
ping -c 2 -i 0.3 -W 1 -M do -s 1400 10.0.3.2
$A ip route get 10.0.3.2 | grep -o 'mtu [0-9]*'
ping -c 1 -M want -s 1400 10.0.3.2
ping -c 1 -M do -s 1272 10.0.3.2
ping -c 1 -M dont -s 1473 10.0.3.2
ip -n s link set sb mtu 1500
echo "== unreachable"
ip -n s route add blackhole 10.9.1.0/24; ip -n s route add unreachable 10.9.2.0/24; ip -n s route add prohibit 10.9.3.0/24
ip -n r route add 10.9.0.0/16 via 10.0.2.2
for i in 1 2 3 4; do ping -c 1 -W 1 10.9.$i.1; sleep 2; done
ping -c 1 -W 5 10.0.3.77
ping -c 1 -W 1 10.8.0.1
echo "== no answer"
ip netns exec b sysctl -qw net.ipv4.icmp_echo_ignore_all=1
ping -c 2 -i 0.5 -W 1 10.0.3.2
ping -O -c 3 -i 1 -W 1 10.0.3.2
ping -w 3 10.0.3.2
ip netns exec b sysctl -qw net.ipv4.icmp_echo_ignore_all=0
echo "== floods"
ping -q -f -c 50 10.0.3.2
ping -f -c 5 10.0.3.2 | tr '\b' B
ping -q -A -c 5 10.0.3.2
ping -l 3 -q -c 3 10.0.3.2
echo "== from where"
ip -n a addr add 10.0.1.9/24 dev eth0
ping -c 1 -I 10.0.1.9 10.0.3.2
ping -c 1 -I eth0 10.0.3.2
ping -c 1 -I lo -W 1 10.0.3.2
ping -c 1 -m 7 10.0.3.2
echo "== in the background"
cd "$(mktemp -d)"
$A ping -i 1 10.0.3.2 >out & p=$!
sleep 4.5; kill -INT $p; wait $p; echo "rc=$?"
grep -q 'icmp_seq=3' out && tail -n 3 out | sed 's/^[0-9]* packets transmitted, [0-9]* received/N packets transmitted, N received/'
timeout -s INT 3 ip netns exec a ping -q 10.0.9.9 >out; echo "rc=$?"
timeout 2 ip netns exec a ping 10.0.3.2 >/dev/null; echo "rc=$?"
