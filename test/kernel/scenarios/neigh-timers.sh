# When a neighbour changes its state by itself: three questions, 0.5 to 1.5 times 30 s of REACHABLE, 5 s of DELAY, three probes.
# include: neighbours
state() { echo "after $1: $(ip neigh show ${2:-10.0.0.2})"; }
# questions of v0, each with the whole seconds since the one before
listen() { tcpdump -ttt -enl -i v0 arp > /tmp/arp 2> /dev/null & t=$!; sleep 1; }
heard() { sleep 1; kill $t; wait $t 2> /dev/null; grep '02:00:00:00:00:01 >.*Request' /tmp/arp | awk '{ split($1, t, ":"); printf "+%.0f s, %s %s %s\n", t[3], $2, $3, $4 }' | sed '1s/+[0-9]*/+0/; s/, *$//'; }
echo "== nobody there"
listen
ping -c 1 -W 5 10.0.0.77 > /dev/null & p=$!
sleep 0.5; state 0.5 10.0.0.77
sleep 2; state 2.5 10.0.0.77
sleep 1; state 3.5 10.0.0.77
wait $p
heard
echo "== once more, from FAILED"
listen
ping -c 1 -W 5 10.0.0.77 > /dev/null & p=$!
sleep 0.5; state 0.5 10.0.0.77
wait $p
heard
echo "== no questions allowed"
listen
sysctl -w net.ipv4.neigh.v0.mcast_solicit=0
ping -c 1 -W 1 10.0.0.78 | sed -n '2p'
state 1 10.0.0.78
heard
sysctl -w net.ipv4.neigh.v0.mcast_solicit=3
echo "== one's own address needs no question"
listen
ping -c 1 -W 1 10.0.0.1 > /dev/null
ip neigh show nud all dev lo
heard
echo "== somebody there"
ping -c 1 -W 1 10.0.0.2 > /dev/null
state 0
$b ip neigh show 10.0.0.1 | sed 's/DELAY\|REACHABLE/used/'
sleep 14; state 14
sleep 33; state 47
echo "== used while STALE: 5 s of DELAY, then a question to the known address"
$b ip neigh flush dev v1
listen
ping -c 1 -W 1 10.0.0.2 > /dev/null
state 0
sleep 3.5; state 3.5
sleep 2.5; state 6
heard
echo "== the other side became deaf"
ip neigh change 10.0.0.2 nud stale dev v0
$b sysctl -w net.ipv4.conf.v1.arp_ignore=8
$b ip neigh replace 10.0.0.1 lladdr 02:00:00:00:00:01 dev v1
listen
ping -c 1 -W 1 10.0.0.2 | sed -n '2p'
sleep 3.5; state 3.5
sleep 3; state 6.5
sleep 3; state 9.5
heard
$b sysctl -w net.ipv4.conf.v1.arp_ignore=0
ping -c 1 -W 1 10.0.0.2 | sed -n '2p'
echo "== a wrong address known: the question goes to another machine's MAC"
ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:99 nud stale dev v0
listen
ping -c 1 -W 1 10.0.0.2 | sed -n '2p'
sleep 10; state 11
heard
echo "== TCP confirms: no question after DELAY"
ping -c 1 -W 1 10.0.0.2 > /dev/null
ip neigh change 10.0.0.2 nud stale dev v0
$b nc -l 5000 > /dev/null &
sleep 0.5
listen
(echo hello; sleep 3; echo again) | nc -N 10.0.0.2 5000
state 3
sleep 3.5; state 6.5
heard
