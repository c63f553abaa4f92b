# What a connection's last packets add is in the counters as soon as the programs have ended.
ip netns add a; ip netns add b
ip -n a link add v0 type veth peer name v0 netns b
ip -n a addr add 10.0.0.1/24 dev v0; ip -n b addr add 10.0.0.2/24 dev v0
for n in a b; do ip -n $n link set lo up; ip -n $n link set v0 up; done
ip netns exec b iptables -A INPUT -p tcp
ip netns exec b nc -n -l 7000 >/dev/null &
sleep 0.3
echo hello | ip netns exec a nc -n -N 10.0.0.2 7000
echo "== counters right after the client's end"
ip netns exec b iptables-save -c | grep -- -A
wait
echo "== and in a subshell, through a pipe"
ip netns exec b socat -u TCP4-LISTEN:7001,reuseaddr OPEN:/dev/null &
sleep 0.3
ip netns exec b iptables -Z
echo again | ip netns exec a socat -u - TCP4:10.0.0.2:7001
( ip netns exec b iptables-save -c ) | grep -- -A
wait
