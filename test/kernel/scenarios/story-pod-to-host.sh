# The chapter "pod连接主机", one section a step; test/stories/pod-to-host.test.ts holds the typed API and the trace against it.
ip netns add gw
ip link add ens3 type veth peer name lan0 netns gw
ip addr add 192.168.6.160/24 dev ens3; ip link set ens3 up
ip -n gw addr add 192.168.6.1/24 dev lan0; ip -n gw link set lan0 up
ip route add default via 192.168.6.1
echo 1 > /proc/sys/net/ipv4/ip_forward
ip netns add ns1
ip link add ns1-eth0 type veth peer name veth-ns1
ip link set ns1-eth0 netns ns1; ip link set veth-ns1 up
ip netns exec ns1 ip addr add 172.20.1.10/24 dev ns1-eth0
ip netns exec ns1 ip link set ns1-eth0 up
pod() { ip netns exec ns1 "$@"; }
state() { ip -br link show $1 | awk '{print $2}'; }
echo "== a new namespace"
ip netns add ns2
ip -n ns2 -br link | awk '{print $1}'
ip netns exec ns2 ping -c 1 127.0.0.1; echo "rc=$?"
echo "== the pair"
state veth-ns1
ip -n ns1 link set ns1-eth0 down
state veth-ns1; cat /sys/class/net/veth-ns1/operstate
ip -n ns1 link set ns1-eth0 up
echo "== no route"
pod ping -c 1 192.168.6.160; echo "rc=$?"
echo "== a gateway that nobody has"
ip netns exec ns1 ip route add default via 172.20.1.1 dev ns1-eth0
pod ping -c 1 192.168.6.160; echo "rc=$?"
ip -n ns1 neigh
echo "== the same with lo up"
ip -n ns1 link set lo up
pod ping -c 1 192.168.6.160; echo "rc=$?"
ip -n ns1 link set lo down
echo "== proxy_arp"
cat /proc/sys/net/ipv4/neigh/veth-ns1/proxy_delay
echo 1 > /proc/sys/net/ipv4/conf/veth-ns1/proxy_arp
sleep 1
pod ping -c 1 -W 2 192.168.6.160; echo "rc=$?"
[ "$(ip -n ns1 neigh | sed 's/.*lladdr \([0-9a-f:]*\) .*/\1/')" = "$(cat /sys/class/net/veth-ns1/address)" ] && echo "the host's own MAC"
ip route add 172.20.1.10 dev veth-ns1
echo "== pod to host"
pod ping -c 5 192.168.6.160; echo "rc=$?"
echo "== host to pod"
ping -c 5 172.20.1.10; echo "rc=$?"
echo "== outside"
pod ping -c 1 -W 1 192.168.6.1; echo "rc=$?"
echo "== without the pod's default route"
ip -n ns1 route del default
pod ping -c 1 192.168.6.160; echo "rc=$?"
echo "== a NIC whose other end is down"
ip link add ens4 type veth peer name lan1; ip link set ens4 up
state ens4
