# LOG and NFLOG go on, and rules without a target too.
iptables -N logged
iptables -A FORWARD -p icmp -j LOG --log-prefix "one "
iptables -A FORWARD -j NFLOG --nflog-group 3
iptables -A FORWARD
iptables -A FORWARD -m icmp -p icmp --icmp-type echo-request -j logged
iptables -A logged -j LOG --log-level debug --log-tcp-options
iptables -A logged -j DROP
# traffic
ip netns exec a ping -c 1 -W 1 10.0.1.1
ip netns exec b ping -c 1 -W 1 10.0.0.1
