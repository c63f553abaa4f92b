# A TCP connection from the first SYN to TIME_WAIT as its router and its events see it; a refused one; one reset by its client; reopening.
ip netns add c; ip netns add r; ip netns add s
ip link add r0 netns c type veth peer name c0 netns r
ip link add r0 netns s type veth peer name s0 netns r
ip -n c addr add 10.1.0.1/24 dev r0; ip -n r addr add 10.1.0.254/24 dev c0
ip -n s addr add 10.2.0.1/24 dev r0; ip -n r addr add 10.2.0.254/24 dev s0
for n in c r s; do ip -n $n link set lo up; done
ip -n c link set r0 up; ip -n r link set c0 up; ip -n r link set s0 up; ip -n s link set r0 up
ip -n c route add default via 10.1.0.254; ip -n s route add default via 10.2.0.254
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec r iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP
ip netns exec r iptables -A FORWARD -m conntrack --ctstate NEW
ip netns exec r iptables -A FORWARD -m conntrack --ctstate ESTABLISHED
ip netns exec c ping -c1 -W2 10.2.0.1 > /dev/null
ip netns exec r conntrack -F 2> /dev/null
ip netns exec r conntrack -E > /tmp/ct-events 2> /tmp/ct-errors &
events=$!
sleep 0.5
ip netns exec s nc -l -p 5000 > /tmp/ct-got &
sleep 0.3
(sleep 1; echo hello; sleep 1) | ip netns exec c nc -N -p 40001 10.2.0.1 5000 &
client=$!
sleep 0.5
echo "== established, nothing sent yet"
ip netns exec r conntrack -L
sleep 1
echo "== data sent"
ip netns exec r conntrack -L -p tcp --state ESTABLISHED
wait $client
sleep 0.3
echo "== closed"
ip netns exec r conntrack -L
cat /tmp/ct-got
echo "== refused: no entry is left"
ip netns exec c nc -w1 -p 40002 10.2.0.1 5001; echo rc=$?
ip netns exec r conntrack -L -p tcp --dport 5001
echo "== nobody answers: SYN_SENT, unreplied"
ip netns exec s iptables -A INPUT -p tcp --dport 5002 -j DROP
ip netns exec c nc -w2 -p 40003 10.2.0.1 5002; echo rc=$?
ip netns exec r conntrack -L -p tcp --dport 5002
echo "== the same ports again while in TIME_WAIT: a new connection"
ip netns exec r conntrack -F
ip netns exec s nc -l -p 5000 > /tmp/ct-got2 &
sleep 0.3
(sleep 0.5; echo again) | ip netns exec c nc -N -p 40004 10.2.0.1 5000
sleep 0.3
ip netns exec r conntrack -L
cat /tmp/ct-got2
kill $events
wait $events
echo "== events"
# whether the last ACK comes alone or with the FIN is a matter of microseconds
grep -v CLOSE_WAIT /tmp/ct-events
sed 's/[0-9]* flow/N flow/' /tmp/ct-errors
echo "== counters"
ip netns exec r conntrack -S | grep -o 'invalid=[1-9][0-9]*'
ip netns exec r iptables -S FORWARD
