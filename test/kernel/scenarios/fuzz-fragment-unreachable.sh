# A datagram that had to be split and whose neighbour does not answer: the sender hears of it, once per datagram.
# native
ip netns add a
ip link add e0 address 02:00:00:00:00:01 type veth peer name e0 address 02:00:00:00:00:02 netns a
ip -n a addr add 10.0.0.2/24 dev e0
ip link set e0 up
ip -n a link set lo up
ip -n a link set e0 up
ip netns exec a sysctl -qw net.ipv4.neigh.e0.retrans_time_ms=100
echo "== one"
ip netns exec a ping -n -c 1 -W 1 -s 3000 10.0.0.7
echo "rc=$?"
echo "== two at once"
ip netns exec a ping -n -c 2 -i 0.2 -W 1 -s 3000 10.0.0.7
echo "rc=$?"
echo "== two at once, by a socket that is bound to the device: the errors come by lo"
ip netns exec a ping -n -c 2 -i 0.2 -W 1 -s 3000 -I e0 10.0.0.7
echo "rc=$?"
