# What is not tracked meets no rule of nat, and is UNTRACKED.
iptables -t raw -A PREROUTING -p icmp -j CT --notrack
iptables -t raw -A PREROUTING -i v0 -j ACCEPT
iptables -t raw -A OUTPUT -p icmp -d 10.0.0.1 -j NOTRACK
iptables -t nat -A PREROUTING -j RETURN
iptables -t nat -A POSTROUTING -o v1 -j MASQUERADE
iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP
iptables -A FORWARD -m conntrack --ctstate UNTRACKED
iptables -A FORWARD -m conntrack --ctstate NEW -j ACCEPT
iptables -A OUTPUT -m conntrack --ctstate UNTRACKED -j ACCEPT
# traffic
ip netns exec a ping -c 1 -W 1 10.0.1.1
ip netns exec a nc -w 1 10.0.1.1 80
ping -c 1 -W 1 10.0.0.1
