# native
# Fragments over lo are gathered before the rules of PREROUTING see them, unless they are not to be tracked.
ip addr add 10.1.0.1/32 dev lo; ip link set lo mtu 1200
iptables -t raw -A PREROUTING -p icmp
iptables -t raw -A PREROUTING -f
iptables -A INPUT -m conntrack --ctstate NEW,ESTABLISHED -p icmp
iptables -A INPUT -m conntrack --ctstate UNTRACKED -p icmp
echo '== tracked'
ping -c 1 -s 1472 10.1.0.1 | grep -c 'bytes from'
iptables-save -c | grep -e '-A'
echo '== not tracked'
iptables -t raw -A OUTPUT -p icmp -j CT --notrack; iptables -Z; iptables -t raw -Z
ping -c 1 -s 1472 10.1.0.1 | grep -c 'bytes from'
iptables-save -c | grep -e '-A'
conntrack -L 2>/dev/null
