# A narrow link behind a router: the connection learns of it and everything arrives.
for n in a r b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name ra netns r
ip link add rb netns r type veth peer name eth0 netns b
ip -n a link set eth0 up; ip -n r link set ra up; ip -n r link set rb up; ip -n b link set eth0 up
ip -n a addr add 10.0.0.1/24 dev eth0; ip -n r addr add 10.0.0.254/24 dev ra
ip -n r addr add 10.0.1.254/24 dev rb; ip -n b addr add 10.0.1.2/24 dev eth0
ip -n a route add default via 10.0.0.254; ip -n b route add default via 10.0.1.254
ip netns exec r sysctl -w net.ipv4.ip_forward=1
ip -n r link set rb mtu 1400
ip netns exec b nc -l 10.0.1.2 80 > /tmp/got &
sleep 2
seq 1 3000 | ip netns exec a nc -N 10.0.1.2 80
wait
[ "$(seq 1 3000)" = "$(cat /tmp/got)" ] && echo same
ip -n a route get 10.0.1.2 | grep -o 'mtu [0-9]*'
echo '-- and an unreachable host behind it'
ip netns exec a nc -z -v -w 10 10.0.1.77 80; echo "rc $?"
ip -n r route add prohibit 10.2.0.0/24
ip netns exec a nc -z -v -w 2 10.2.0.1 80; echo "rc $?"
