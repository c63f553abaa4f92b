# nc as a server and a client: -l -k -v -N -z -w -p -s, what each side says and how it ends.
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a address 02:00:00:00:00:0a type veth peer name eth0 netns b address 02:00:00:00:00:0b
ip -n a addr add 10.0.0.1/24 brd + dev eth0; ip -n a link set eth0 up
ip -n b addr add 10.0.0.2/24 brd + dev eth0; ip -n b link set eth0 up
A="ip netns exec a"; B="ip netns exec b"
cd "$(mktemp -d)"
ip -n a addr add 10.0.0.9/24 dev eth0
echo "== one connection, both verbose"
$B nc -n -v -l 80 >out 2>err & sleep 2
echo hello | $A nc -n -v -N -s 10.0.0.9 -p 5000 10.0.0.2 80; echo "rc=$?"
wait $!; echo "rc=$?"
cat out err
echo "== an address and a port"
$B nc -n -v -l 10.0.0.2 81 >out 2>err & sleep 2
$A nc -n -z -v -w 2 10.0.0.2 81; echo "rc=$?"
wait $!; echo "rc=$?"
cat out err
echo "== -k keeps listening"
$B nc -n -v -k -l 82 >out 2>err & srv=$!; sleep 2
for i in 1 2 3; do echo "line $i" | $A nc -n -N 10.0.0.2 82; sleep 2; done
kill $srv; wait $srv; echo "rc=$?"
cat out; sed 's/ [0-9]*$/ PORT/' err
echo "== it answers"
(echo from server; sleep 5) | $B nc -n -N -l 83 >out & sleep 2
echo from client | $A nc -n -w 10 10.0.0.2 83; echo "rc=$?"
wait $!
cat out
echo "== idle for -w seconds"
$B nc -n -l 84 >out & srv=$!; sleep 2
sleep 30 | $A nc -n -w 3 10.0.0.2 84; echo "rc=$?"
wait $srv; echo "rc=$?"
echo "== a range"
$B nc -n -k -l 91 & one=$!; $B nc -n -k -l 93 & two=$!; sleep 2
$A nc -n -z -v -w 1 10.0.0.2 90-94; echo "rc=$?"
$A nc -n -z -w 1 10.0.0.2 90-94; echo "rc=$?"
$A nc -n -z 10.0.0.2 92; echo "rc=$?"
kill $one $two; wait $one $two 2>/dev/null
echo "== wrong source"
$A nc -n -z -v -s 10.0.0.77 10.0.0.2 80; echo "rc=$?"
$A nc -n -z -v -s 127.0.0.1 -w 2 10.0.0.2 80; echo "rc=$?"
echo "== names of services and hosts"
$A nc -z -v 10.0.0.2 http; echo "rc=$?"
$A nc -z -v localhost 80; echo "rc=$?"
$A nc -4 -z -v nosuchhost.invalid. 80; echo "rc=$?"
echo "== timeout around it"
$B timeout 2 nc -n -l 85; echo "rc=$?"
timeout -s INT 2 ip netns exec b nc -n -u -l 85; echo "rc=$?"
