# The life of a neighbour: FAILED after three questions, REACHABLE, STALE by decree, DELAY on use, REACHABLE again by a unicast probe.
# include: neighbours
ping -c 1 -W 5 10.0.0.77 | sed -n '2p;s/, time.*//;4p'
ip neigh show 10.0.0.77
ping -c 1 -W 1 10.0.0.2 > /dev/null
echo "ping: $?"
ip neigh show 10.0.0.2
ip -n b neigh show 10.0.0.1
ip neigh change 10.0.0.2 dev v0 nud stale
ip neigh show 10.0.0.2
ping -c 1 -W 1 10.0.0.2 > /dev/null
ip neigh show 10.0.0.2
sleep 5.5
ip neigh show 10.0.0.2
# a static address that is wrong: nobody answers, nothing repairs it
ip neigh replace 10.0.0.2 dev v0 lladdr 02:00:00:00:00:99
ping -c 1 -W 1 10.0.0.2 > /dev/null
echo "ping: $?"
ip neigh show 10.0.0.2
ip neigh del 10.0.0.2 dev v0
ping -c 1 -W 1 10.0.0.2 > /dev/null
echo "ping: $?"
# no multicast questions allowed
sysctl -w net.ipv4.neigh.v0.mcast_solicit=0
ping -c 1 -W 1 10.0.0.78 > /dev/null
echo "ping: $?"
ip neigh show 10.0.0.78
