# ss beside servers and connections: -tuna, -l, processes, queues, states, filters.
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a address 02:00:00:00:00:0a type veth peer name eth0 netns b address 02:00:00:00:00:0b
ip -n a addr add 10.0.0.1/24 brd + dev eth0; ip -n a link set eth0 up
ip -n b addr add 10.0.0.2/24 brd + dev eth0; ip -n b link set eth0 up
A="ip netns exec a"; B="ip netns exec b"
$B socat TCP4-LISTEN:80,fork,reuseaddr EXEC:cat & 
$B nc -n -l 10.0.0.2 81 >/dev/null &
$B nc -n -u -l 53 >/dev/null &
$B nc -n -u -l 10.0.0.2 54 >/dev/null &
sleep 3
sleep 60 | $A nc -n -p 4001 10.0.0.2 81 &
echo x | $A nc -n -N -p 4000 10.0.0.2 80 >/dev/null
sleep 3
s() { echo "== $*"; "$@" 2>&1 | sort; }
s $B ss -tuna
s $B ss -tunl
s $B ss -Htan
s $B ss -tan
s $B ss -uan
s $B ss -ta
s $B ss -tn
s $A ss -tuna
s $A ss -tan state time-wait
s $A ss -Htan state established
s $B ss -tln sport = :81
s $B ss -tan 'sport = :81 or dport = :4001'
s $B ss -tan dst 10.0.0.1
s $B ss -Hltn src 10.0.0.2
echo "== processes"
$B ss -tulpn | sort | sed -E 's/pid=[0-9]+/pid=N/g; s/("socat",pid=N,fd=)[0-9]+/\1F/'
$A ss -tnp | sed -E 's/pid=[0-9]+/pid=N/g'
echo "== Recv-Q and Send-Q"
$B nc -n -u -l 99 </dev/null >/dev/null & p=$!
sleep 2; kill -STOP $p
for i in 1 2 3; do echo 12345 | $A nc -n -u -w 1 10.0.0.2 99; done
$B ss -Huan sport = :99
kill -CONT $p; sleep 1; $B ss -Huan sport = :99
kill $(jobs -p) 2>/dev/null; wait 2>/dev/null
