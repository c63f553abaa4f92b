# What a sender sees of a router's refusals: h1 (10.1.0.2) - r - h2 (10.2.0.2).
# include: router
echo "== no route"
$h1 ping -c 1 -W 1 10.2.0.2
echo "rc=$?"
ip -n h1 route add default via 10.1.0.1
ip -n h2 route add default via 10.2.0.1
echo "== forwarding off"
$h1 ping -c 1 -W 1 10.2.0.2
echo "rc=$?"
echo "== forwarding on one device only"
$r sysctl -w net.ipv4.conf.r1.forwarding=1
$h1 ping -c 1 -W 1 10.2.0.2
echo "rc=$?"
$h2 ping -c 1 -W 1 10.1.0.2
echo "rc=$?"
echo "== forwarding on"
$r sysctl -w net.ipv4.ip_forward=1
$h1 ping -c 1 -W 1 10.2.0.2
echo "rc=$?"
$h1 ping -c 2 -i 0.2 -q 10.2.0.2
echo "== the way back is missing"
ip -n h2 route del default
$h1 ping -c 1 -W 1 10.2.0.2
echo "rc=$?"
ip -n h2 route add default via 10.2.0.1
echo "== time to live"
$h1 ping -c 1 -W 1 -t 1 10.2.0.2
echo "rc=$?"
$h1 ping -c 1 -W 1 -t 2 10.2.0.2
$h1 ping -c 1 -W 1 -t 0 10.2.0.2
echo "== a network the router does not know"
$h1 ping -c 1 -W 1 192.0.2.1
echo "rc=$?"
echo "== unreachable, prohibit, blackhole, throw in the router"
ip -n r route add unreachable 192.0.2.1
ip -n r route add prohibit 192.0.2.2
ip -n r route add blackhole 192.0.2.3
ip -n r route add throw 192.0.2.4
for i in 1 2 3 4; do sleep 1.1; $h1 ping -c 1 -W 1 192.0.2.$i; echo "rc=$?"; done
echo "== the same at the sender"
ip -n h1 route add unreachable 192.0.2.1
ip -n h1 route add prohibit 192.0.2.2
ip -n h1 route add blackhole 192.0.2.3
ip -n h1 route add throw 192.0.2.4
for i in 1 2 3 4; do $h1 ping -c 1 -W 1 192.0.2.$i; echo "rc=$?"; done
for i in 1 2 3 4; do ip -n h1 route get 192.0.2.$i; echo "rc=$?"; done
echo "== rules instead of routes"
ip -n h1 route flush table main type unreachable
ip -n h1 route flush table main type prohibit
ip -n h1 route flush table main type blackhole
ip -n h1 rule add pref 10 to 192.0.2.1 unreachable
ip -n h1 rule add pref 11 to 192.0.2.2 prohibit
ip -n h1 rule add pref 12 to 192.0.2.3 blackhole
for i in 1 2 3; do $h1 ping -c 1 -W 1 192.0.2.$i; echo "rc=$?"; done
echo "== rules in the router"
ip -n h1 rule del pref 10; ip -n h1 rule del pref 11; ip -n h1 rule del pref 12
for i in 1 2 3; do ip -n r route del 192.0.2.$i; done
ip -n r rule add pref 10 to 192.0.2.1 unreachable
ip -n r rule add pref 11 to 192.0.2.2 prohibit
ip -n r rule add pref 12 to 192.0.2.3 blackhole
ip -n r rule add pref 13 iif r2 to 10.1.0.2 prohibit
for i in 1 2 3; do sleep 1.1; $h1 ping -c 1 -W 1 192.0.2.$i; echo "rc=$?"; done
$h2 ping -c 1 -W 1 10.1.0.2
ip -n r rule del pref 13
echo "== a host that does not answer behind the router"
$h1 ping -c 1 -W 4 10.2.0.77
echo "rc=$?"
echo "== the router's link is down"
ip -n r link set r2 down
$h1 ping -c 1 -W 1 10.2.0.2
echo "rc=$?"
ip -n r link set r2 up
echo "== the far end's link is down"
ip -n h2 link set a2 down
ip -n r route get 10.2.0.2
$h1 ping -c 1 -W 1 10.2.0.2
echo "rc=$?"
$r sysctl -w net.ipv4.conf.r2.ignore_routes_with_linkdown=1
ip -n r route get 10.2.0.2
sleep 1.1
$h1 ping -c 1 -W 1 10.2.0.2
echo "rc=$?"
ip -n h2 link set a2 up
ip -n h2 route add default via 10.2.0.1
echo "== a closed port, an unknown protocol"
echo x | $h1 timeout 3 nc -u -w 1 -n 10.2.0.2 9
echo "rc=$?"
$h1 nc -z -v -n -w 1 10.2.0.2 9
echo "rc=$?"
echo "== pings that the other side ignores"
$h2 sysctl -w net.ipv4.icmp_echo_ignore_all=1
$h1 ping -c 1 -W 1 10.2.0.2
echo "rc=$?"
$h2 sysctl -w net.ipv4.icmp_echo_ignore_all=0
echo "== broadcast"
$h1 ping -c 1 -W 1 10.1.0.255
$h1 ping -b -c 1 -W 1 10.1.0.255
$r sysctl -w net.ipv4.icmp_echo_ignore_broadcasts=0
$h1 ping -b -c 1 -W 1 10.1.0.255
$h1 ping -b -c 1 -W 1 255.255.255.255
