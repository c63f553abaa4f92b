# ICMP redirects: a sends to 10.9.0.0/24 by r1, and r1 knows a better first hop on the same link.
for n in a r1; do ip netns add $n; ip -n $n link set lo up; done
ip link add e0 netns a type veth peer name e0 netns r1
ip -n a addr add 10.0.0.2/24 dev e0; ip -n a link set e0 up
ip -n r1 addr add 10.0.0.1/24 dev e0; ip -n r1 link set e0 up
a="ip netns exec a" r1="ip netns exec r1"
$r1 sysctl -w net.ipv4.ip_forward=1
ip -n r1 addr add 10.0.0.3/24 dev e0
ip -n a route add 10.9.0.0/24 via 10.0.0.1
echo "== the gateway that r1 names does not exist"
ip -n r1 route add 10.9.0.0/24 via 10.0.0.77
ip -n r1 neigh add 10.0.0.77 lladdr 02:00:00:00:00:77 dev e0
$a ping -c 2 -i 0.3 -W 1 10.9.0.5
echo "rc=$?"
$a ip route show cache | sed 's/expires [0-9]*sec/expires Nsec/'
$a ip route get 10.9.0.5 | sed 's/expires [0-9]*sec/expires Nsec/'
$r1 ip route get 10.9.0.5 from 10.0.0.2 iif e0
echo "== it does not answer ARP, so it is not believed"
$a ip neigh show 10.0.0.77
echo "== a gateway whose MAC is known"
$a ip neigh replace 10.0.0.77 lladdr 02:00:00:00:00:77 dev e0 nud permanent
sleep 2
$a ping -c 2 -i 0.3 -W 1 10.9.0.4
echo "rc=$?"
$a ip route show cache | sed 's/expires [0-9]*sec/expires Nsec/'
$a ip route get 10.9.0.4 | sed 's/expires [0-9]*sec/expires Nsec/'
echo "== secure_redirects and accept_redirects"
$a ip route flush cache
$a ip route show cache
$a sysctl -w net.ipv4.conf.e0.accept_redirects=0
$a sysctl -w net.ipv4.conf.all.accept_redirects=0
sleep 2
$a ping -c 1 -W 1 10.9.0.6
$a ip route show cache
$a sysctl -w net.ipv4.conf.e0.accept_redirects=1
sleep 2
$a ping -c 1 -W 1 10.9.0.6
$a ip route get 10.9.0.6 | sed 's/expires [0-9]*sec/expires Nsec/'
echo "== a host that forwards does not listen"
$a ip route flush cache
$a sysctl -w net.ipv4.ip_forward=1
$a sysctl net.ipv4.conf.e0.accept_redirects net.ipv4.conf.all.accept_redirects
sleep 2
$a ping -c 1 -W 1 10.9.0.7
$a ip route get 10.9.0.7
$a sysctl -w net.ipv4.ip_forward=0
echo "== send_redirects off"
$r1 sysctl -w net.ipv4.conf.all.send_redirects=0
$r1 sysctl -w net.ipv4.conf.e0.send_redirects=0
$a sysctl -w net.ipv4.conf.e0.accept_redirects=1
sleep 2
$a ping -c 1 -W 1 10.9.0.8
$r1 ip route get 10.9.0.8 from 10.0.0.2 iif e0
$a ip route get 10.9.0.8
