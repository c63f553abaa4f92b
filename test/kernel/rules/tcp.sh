# A forwarded connection: its handshake, which nat sees once.
ip netns exec b nc -d -l -k 80 >/dev/null &
sleep 0.3
iptables -t nat -A PREROUTING -p tcp -d 10.96.0.1 -m tcp --dport 80 -j DNAT --to-destination 10.0.1.1
iptables -t nat -A POSTROUTING -j MASQUERADE
iptables -A FORWARD -p tcp -m tcp --syn -m conntrack --ctstate NEW -j ACCEPT
iptables -A FORWARD -p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK
iptables -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
iptables -A FORWARD -p tcp -j DROP
iptables -t mangle -A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1000
# traffic
ip netns exec a nc -d -w 1 10.96.0.1 80 & sleep 0.3
