# Round trips of every length, from microseconds to most of a second: an ARP answer by proxy waits a random while.
# The times themselves are not compared; test/unit/ping_format.test.ts reads from the recording how each is written.
ip netns add pod
ip link add eth0 netns pod type veth peer name veth0
ip link set veth0 up
ip -n pod addr add 172.20.1.10/24 dev eth0
ip -n pod link set eth0 up
ip -n pod route add default via 172.20.1.1
ip link add ens3 type veth peer name lan0
ip link set lan0 up
ip addr add 192.168.6.160/24 dev ens3
ip link set ens3 up
ip route add default via 192.168.6.1
ip route add 172.20.1.10 dev veth0
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/ipv4/conf/veth0/proxy_arp
for delay in 0 1 2 5 12 20 60 80; do
  echo $delay > /proc/sys/net/ipv4/neigh/veth0/proxy_delay
  echo "== proxy_delay $delay"
  for i in 1 2 3 4 5 6 7 8; do
    ip -n pod neigh flush dev eth0
    ip netns exec pod ping -c 1 192.168.6.160
  done
done
