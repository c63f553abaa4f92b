# UDP listeners as scripts use them: timeout around nc -u -l, senders that end at once, refusals, broadcast.
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a address 02:00:00:00:00:0a type veth peer name eth0 netns b address 02:00:00:00:00:0b
ip -n a addr add 10.0.0.1/24 brd + dev eth0; ip -n a link set eth0 up
ip -n b addr add 10.0.0.2/24 brd + dev eth0; ip -n b link set eth0 up
A="ip netns exec a"; B="ip netns exec b"
cd "$(mktemp -d)"
echo "== the datagram arrives"
$B timeout 6 nc -n -u -l -p 2402 >u 2>/dev/null &
sleep 2
echo -n x | $A nc -n -u -w 0 -q 0 10.0.0.2 2402 2>/dev/null
sleep 6
cat u; echo
echo "== two datagrams, verbose"
$B timeout 8 nc -n -v -u -l 5000 >u 2>e &
sleep 2
(echo one; sleep 1; echo two) | $A nc -n -u -p 4000 -w 2 10.0.0.2 5000; echo "rc=$?"
sleep 6
cat u e
echo "== nobody there"
echo x | $A nc -n -u -w 1 10.0.0.2 5001; echo "rc=$?"
$A nc -n -v -z -u 10.0.0.2 5001; echo "rc=$?"
(echo x; sleep 1; echo y; sleep 1) | $A socat - UDP4:10.0.0.2:5001; echo "rc=$?"
(echo x; sleep 1; echo y; sleep 1) | $A socat -u - UDP4-SENDTO:10.0.0.2:5001; echo "rc=$?"
echo "== -z with a listener"
$B timeout 12 nc -n -u -l -k 5002 >u & sleep 2
$A nc -n -v -z -u 10.0.0.2 5002; echo "rc=$?"
sleep 8
cat u; echo
echo "== answers"
$B socat UDP4-RECVFROM:5003,fork EXEC:cat & srv=$!
sleep 2
echo question | $A socat -t 6 - UDP4:10.0.0.2:5003; echo "rc=$?"
echo again | $A socat -t 6 - UDP4-DATAGRAM:10.0.0.2:5003; echo "rc=$?"
kill $srv; wait $srv
echo "rc=$?"
echo "== broadcast"
$B timeout 10 socat -u UDP4-RECV:5004 - >r1 & 
$B timeout 10 nc -n -u -l 5005 >r2 &
sleep 2
echo all | $A socat -u - UDP4-DATAGRAM:10.0.0.255:5004,broadcast; echo "rc=$?"
echo all | $A socat -u - UDP4-DATAGRAM:10.0.0.255:5004; echo "rc=$?"
echo all | $A nc -n -u -b -w 1 10.0.0.255 5005; echo "rc=$?"
sleep 8
cat r1 r2
echo "== too long"
head -c 70000 /dev/zero | $A socat -b 70000 -u - UDP4:10.0.0.2:5006; echo "rc=$?"
