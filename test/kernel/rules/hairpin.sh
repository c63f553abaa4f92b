# a asks for itself by another address: in and out by v0, with a masquerade on the way.
iptables -t nat -A PREROUTING -d 10.96.0.100 -j DNAT --to-destination 10.0.0.1
iptables -t nat -A POSTROUTING -s 10.0.1.0/24 -j SNAT --to-source 10.0.0.254
iptables -t nat -A POSTROUTING -s 10.0.0.1 -d 10.0.0.1 -j MASQUERADE
iptables -A FORWARD -i v0 -o v0 -j ACCEPT
iptables -A FORWARD -m conntrack --ctstate DNAT -j ACCEPT
iptables -t mangle -A POSTROUTING -o v0
# traffic
ip netns exec a ping -c 1 -W 1 10.96.0.100
ip netns exec b ping -c 1 -W 1 10.96.0.100
