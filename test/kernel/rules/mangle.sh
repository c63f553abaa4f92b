# Marks, and a packet that is routed again because of one.
ip route add default via 10.0.0.1 dev v0 table 7; ip rule add fwmark 7 table 7
iptables -t mangle -A PREROUTING -i v0 -j MARK --set-mark 1
iptables -t mangle -A PREROUTING -m mark --mark 1 -j CONNMARK --save-mark
iptables -t mangle -A FORWARD -m mark --mark 1 -j MARK --or-mark 2
iptables -t mangle -A FORWARD -m mark --mark 3 -j TOS --set-tos 0x10
iptables -t mangle -A FORWARD -m connmark --mark 1
iptables -t mangle -A OUTPUT -d 10.0.1.1 -j MARK --set-mark 7
iptables -t mangle -A POSTROUTING -o v0 -m mark --mark 7 -j TTL --ttl-set 9
iptables -t mangle -A POSTROUTING -m ttl --ttl-eq 9 -j ACCEPT
iptables -t mangle -A POSTROUTING -j MARK --set-mark 0
iptables -t mangle -A INPUT -p icmp -j RETURN
# traffic
ip netns exec a ping -c 1 -W 1 10.0.1.1
ping -c 1 -W 1 10.0.1.1
ping -c 1 -W 1 10.0.0.1
