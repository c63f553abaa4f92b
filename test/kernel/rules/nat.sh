# Of a connection only the first packet meets the rules of nat.
iptables -t nat -A PREROUTING -p icmp -d 10.0.9.9 -j DNAT --to-destination 10.0.1.1
iptables -t nat -A PREROUTING -p tcp -d 10.0.9.9 -m tcp --dport 8080 -j DNAT --to-destination 10.0.1.1:80
iptables -t nat -A PREROUTING -d 10.0.0.254 -p tcp -m tcp --dport 81 -j REDIRECT --to-ports 82
iptables -t nat -A POSTROUTING -o v1 -s 10.0.0.0/24 -j MASQUERADE
iptables -t nat -A POSTROUTING -o v0 -j SNAT --to-source 10.0.0.254
iptables -A FORWARD -j ACCEPT
# traffic
ip netns exec a ping -c 2 -i 0.2 -W 1 10.0.9.9
ip netns exec a ping -c 1 -W 1 10.0.1.1
ip netns exec b ping -c 1 -W 1 10.0.0.1
ip netns exec a nc -w 1 10.0.9.9 8080
ip netns exec a nc -w 1 10.0.0.254 81
