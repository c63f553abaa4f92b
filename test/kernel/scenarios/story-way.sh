# What the devices of the chapter "pod连接主机" carry in each step: questions and answers of ARP, echo requests and replies.
# test/stories/pod-to-host.test.ts holds the way of the trace against it.
# native
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
ip netns exec ns1 ip route add default via 172.20.1.1 dev ns1-eth0
pod() { ip netns exec ns1 "$@"; }
# step TITLE COMMAND…
step() {
  echo "== $1"; shift
  tcpdump -l -n -i veth-ns1 arp or icmp >/tmp/veth-ns1 2>/dev/null &
  tcpdump -l -n -i ens3 icmp >/tmp/ens3 2>/dev/null &
  ip netns exec ns1 tcpdump -l -n -i ns1-eth0 icmp >/tmp/ns1-eth0 2>/dev/null &
  ip netns exec gw tcpdump -l -n -i lan0 icmp >/tmp/lan0 2>/dev/null &
  sleep 1
  "$@" >/dev/null
  sleep 1
  pkill tcpdump; wait
  echo "who-has $(grep -c 'who-has' /tmp/veth-ns1) is-at $(grep -c 'is-at' /tmp/veth-ns1)"
  for dev in ns1-eth0 veth-ns1 ens3 lan0; do
    echo "$dev request $(grep -c 'echo request' /tmp/$dev) reply $(grep -c 'echo reply' /tmp/$dev)"
  done
}
step 'a gateway that nobody has' pod ping -c 1 -W 4 192.168.6.160
echo 1 > /proc/sys/net/ipv4/conf/veth-ns1/proxy_arp
step 'proxy_arp' pod ping -c 1 -W 2 192.168.6.160
ip route add 172.20.1.10 dev veth-ns1
step 'pod to host' pod ping -c 1 -W 2 192.168.6.160
ip -n ns1 neigh flush all; ip neigh flush all
step 'host to pod' ping -c 1 -W 2 172.20.1.10
step 'outside' pod ping -c 1 -W 1 192.168.6.1
echo "== the gateway's way to the pod"
ip -n gw route get 172.20.1.10
