# UDP: unreplied, replied, a stream that is ASSURED after two seconds; ICMP queries, and errors that are RELATED; a query nobody asked for.
ip netns add a; ip netns add b
ip link add e0 netns a type veth peer name e0 netns b
ip -n a addr add 10.1.0.1/24 dev e0; ip -n b addr add 10.1.0.2/24 dev e0
for n in a b; do ip -n $n link set lo up; ip -n $n link set e0 up; done
for n in a b; do
  ip netns exec $n iptables -A INPUT -m conntrack --ctstate NEW
  ip netns exec $n iptables -A INPUT -m conntrack --ctstate ESTABLISHED
  ip netns exec $n iptables -A INPUT -m conntrack --ctstate RELATED
  ip netns exec $n iptables -A INPUT -m conntrack --ctstate INVALID
done
ip netns exec a conntrack -E > /tmp/ct-events 2> /tmp/ct-errors &
events=$!
sleep 0.3
echo "== ping"
ip netns exec a ping -c2 -i 0.3 10.1.0.2 | head -1
ip netns exec a conntrack -L
ip netns exec b conntrack -L
echo "== a port that nobody listens on: the error is RELATED"
echo x | ip netns exec a nc -u -w1 -p 41001 10.1.0.2 9999
ip netns exec a conntrack -L -p udp
ip netns exec a iptables-save -c | grep -E 'NEW|REL|INV|EST'
echo "== questions and answers for three seconds"
ip netns exec b socat UDP-LISTEN:7001,fork EXEC:cat > /dev/null 2>&1 &
echoer=$!
sleep 0.3
(for i in 1 2 3 4; do echo $i; sleep 0.8; done) | ip netns exec a nc -u -w2 -p 41002 10.1.0.2 7001
ip netns exec a conntrack -L -p udp --dport 7001
kill $echoer
echo "== deleted"
ip netns exec a conntrack -D -p icmp
ip netns exec a conntrack -F
ip netns exec a conntrack -C
kill $events
wait $events
echo "== events"
cat /tmp/ct-events
cat /tmp/ct-errors
