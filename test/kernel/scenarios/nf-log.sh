# LOG as dmesg shows it.
# in the first namespace
ip netns add a; ip netns add b
ip link add v0 type veth peer name a0 netns a
ip link add v1 type veth peer name b0 netns b
ip addr add 10.0.0.254/24 dev v0; ip addr add 10.0.1.254/24 dev v1; ip link set v0 up; ip link set v1 up
ip -n a addr add 10.0.0.1/24 dev a0; ip -n a link set a0 up; ip -n a link set lo up
ip -n b addr add 10.0.1.1/24 dev b0; ip -n b link set b0 up; ip -n b link set lo up
ip -n a route add default via 10.0.0.254; ip -n b route add default via 10.0.1.254
sysctl -qw net.ipv4.ip_forward=1
iptables -S > /dev/null; dmesg -C
plain() { sed 's/^\[ *[0-9.]*\] //; s/ ID=[0-9]* / ID=N /g; s/ ID=[0-9]* SEQ/ ID=N SEQ/g; s/SEQ=[0-9]* ACK=[0-9]* /SEQ=S ACK=A /; s/SPT=[3-6][0-9]\{4\}/SPT=P/g; s/DPT=[3-6][0-9]\{4\}/DPT=P/g; s/080A[0-9A-F]\{16\}/TS/; s/\([0-9a-f]\{2\}:\)\{12\}08:00/MAC/; s/\(MAC[A-Z]*=\)[0-9a-f:]\{17\} /\1M /g'; }
s() { echo "== $1"; dmesg -c | plain; }
iptables -A FORWARD -j LOG --log-prefix "fwd: "
ip netns exec a ping -c1 -W1 10.0.1.1 > /dev/null
s ping
iptables -F; iptables -A FORWARD -j LOG --log-prefix "all: " --log-tcp-sequence --log-tcp-options --log-ip-options --log-uid --log-macdecode --log-level info
ip netns exec a ping -c1 -W1 -s 2000 10.0.1.1 > /dev/null
s fragments
ip netns exec b nc -l -p 80 > /dev/null < /dev/null &
sleep 0.5
ip netns exec a nc -z -p 3333 10.0.1.1 80; sleep 0.3
s tcp
iptables -F; iptables -A FORWARD -j LOG
echo x | ip netns exec a nc -u -w1 10.0.1.1 53
s "udp, and the error about it"
ip netns exec a ping -c1 -W1 -Q 0xb8 -t 5 10.0.1.1 > /dev/null
s "tos and ttl"
iptables -F; iptables -A OUTPUT -j LOG --log-uid --log-prefix 'out '; iptables -A INPUT -j LOG --log-uid --log-prefix 'in '
ping -c1 -W1 10.0.0.1 > /dev/null
s "one's own"
ping -c1 -W1 127.0.0.1 > /dev/null
s lo
iptables -t mangle -A OUTPUT -j MARK --set-mark 0x1f
ping -c1 -W1 10.0.0.1 > /dev/null
s mark
iptables -t mangle -F
nc -l -p 82 > /dev/null < /dev/null & sleep 0.5
ip netns exec a nc -z -p 3334 10.0.0.254 82; sleep 0.3
s "tcp to oneself"
iptables -F
iptables -t mangle -A PREROUTING -j LOG --log-level debug --log-prefix 'pre '; iptables -t mangle -A POSTROUTING -j LOG --log-level 0 --log-prefix 'post '
ip netns exec a ping -c1 -W1 -t 1 10.0.1.1 > /dev/null
echo "== time exceeded, levels"; dmesg -x | plain | sed 's/\[ *[0-9.]*\] //'; dmesg -r | grep -c '^<7>'; dmesg -l emerg | wc -l; dmesg -l debug,emerg | wc -l; dmesg -C
iptables -t mangle -F
echo "== another namespace is silent"
ip netns exec a iptables -A OUTPUT -j LOG --log-prefix 'a '
ip netns exec a ping -c1 -W1 10.0.0.254 > /dev/null
dmesg -c | wc -l
sysctl -qw net.netfilter.nf_log_all_netns=1
ip netns exec a ping -c1 -W1 10.0.0.254 > /dev/null
dmesg -c | plain
sysctl -qw net.netfilter.nf_log_all_netns=0
echo "== NFLOG is no line"
iptables -A OUTPUT -j NFLOG --nflog-prefix abc --nflog-group 5
ping -c1 -W1 10.0.0.1 > /dev/null
dmesg -c | wc -l
iptables-save -c | grep -e '-A'
iptables -F
echo "== refusals"
t() { iptables "$@"; dmesg -c | plain; }
t -t nat -A PREROUTING -j REJECT
t -A INPUT -p udp -j REJECT --reject-with tcp-reset
t -A INPUT -j TCPMSS --set-mss 100
t -A INPUT -p tcp -j TCPMSS --set-mss 100
t -A INPUT -p tcp --syn -j TCPMSS --clamp-mss-to-pmtu
t -A INPUT -j TOS --set-tos 0x10
t -A INPUT -j NOTRACK
t -t mangle -A INPUT -j CHECKSUM --checksum-fill
t -t mangle -A INPUT -j CHECKSUM --checksum-fill
t -t mangle -A INPUT -j CLASSIFY --set-class 1:1
t -A OUTPUT -p tcp -m addrtype --limit-iface-in -j ACCEPT
t -t nat -A POSTROUTING -p udp -m tcp --dport 1
