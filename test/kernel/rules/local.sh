# What this machine sends to itself walks through OUTPUT, POSTROUTING, PREROUTING and INPUT.
iptables -t nat -A OUTPUT -d 10.9.9.9 -j DNAT --to-destination 127.0.0.1
iptables -t nat -A OUTPUT -p tcp -d 10.0.1.254 -m tcp --dport 80 -j REDIRECT --to-ports 81
iptables -t nat -A INPUT -p icmp -j RETURN
iptables -t nat -A POSTROUTING -o lo -p icmp
iptables -t nat -A PREROUTING -j ACCEPT
iptables -A OUTPUT -o lo -j ACCEPT
iptables -A INPUT -i lo -p icmp -j ACCEPT
iptables -A INPUT -i lo -p tcp -m tcp --tcp-flags RST RST
iptables -t mangle -A PREROUTING -i lo
# traffic
ping -c 1 -W 1 127.0.0.1
ping -c 1 -W 1 10.0.0.254
nc -w 1 10.0.1.254 80
