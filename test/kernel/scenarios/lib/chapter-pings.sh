echo "== pod to host"
ip netns exec ns1 ping -c 1 -W 2 192.168.6.160
echo "rc=$?"
sleep 2 # past the third ARP probe
ip -n ns1 neigh show | sed 's/REACHABLE\|DELAY\|STALE/USABLE/'

echo "== host to pod"
ping -c 1 -W 2 172.20.1.10
echo "rc=$?"
ip neigh show to 172.20.1.10 | sed 's/REACHABLE\|DELAY\|STALE/USABLE/'

echo "== pod to the gateway"
ip netns exec ns1 ping -c 1 -W 2 192.168.6.1
echo "rc=$?"

echo "== where the host would send the answer"
ip route get 172.20.1.10
echo "rc=$?"
cat /sys/class/net/veth-ns1/operstate
