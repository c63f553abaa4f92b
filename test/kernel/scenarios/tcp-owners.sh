# Who may have which port, and connections that their process leaves: TIME-WAIT, FIN-WAIT-2, CLOSE-WAIT.
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a address 02:00:00:00:00:0a type veth peer name eth0 netns b address 02:00:00:00:00:0b
ip -n a addr add 10.0.0.1/24 brd + dev eth0; ip -n a link set eth0 up
ip -n b addr add 10.0.0.2/24 brd + dev eth0; ip -n b link set eth0 up
A="ip netns exec a"; B="ip netns exec b"
cd "$(mktemp -d)"
states() { for n in a b; do echo "$n: $(ip netns exec $n ss -Htan | awk '{print $1}' | sort | uniq -c | awk '{print $2"*"$1}' | tr '\n' ' ')"; done; }
echo "== one port, two listeners"
$B nc -n -l 80 & one=$!
sleep 2
$B timeout 3 nc -n -l 80; echo "rc=$?"
$B timeout 3 nc -n -l 10.0.0.2 80; echo "rc=$?"
$B timeout 3 socat -u TCP4-LISTEN:80 -; echo "rc=$?"
$B timeout 3 socat -u TCP4-LISTEN:80,reuseaddr -; echo "rc=$?"
echo "== UDP"
$B nc -n -u -l 80 & two=$!
sleep 2
$B timeout 3 nc -n -u -l 10.0.0.2 80; echo "rc=$?"
kill $one $two; wait $one $two 2>/dev/null
echo "== the source port"
$B socat TCP4-LISTEN:80,fork,reuseaddr EXEC:cat & srv=$!
sleep 2
echo x | $A nc -n -N -p 5000 10.0.0.2 80
sleep 1
states
echo y | $A nc -n -N -v -p 5000 10.0.0.2 80; echo "rc=$?"
echo "== the client is killed"
(sleep 60 | $A bash -c 'echo $$ >pid; exec nc -n 10.0.0.2 80' & wait) 2>/dev/null & sleep 4
states
kill -KILL $(cat pid); sleep 2
states
kill $srv; wait $srv 2>/dev/null
sleep 1
echo "== nobody reads any more: RST"
$B timeout 3 nc -n -l 90 >/dev/null & sleep 1
(sleep 6; echo late; sleep 1; echo later; sleep 1) | $A nc -n -v 10.0.0.2 90; echo "rc=$?"
kill $(jobs -p) 2>/dev/null
