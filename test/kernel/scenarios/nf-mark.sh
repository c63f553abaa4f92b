# MARK and CONNMARK: the packet's mark, the connection's mark, routing by mark, shifts.
ip netns add a; ip netns add r; ip netns add b
ip link add a0 netns a type veth peer name ra netns r
ip link add b0 netns b type veth peer name rb netns r
ip -n r addr add 10.0.0.254/24 dev ra; ip -n r addr add 10.0.1.254/24 dev rb; ip -n r link set ra up; ip -n r link set rb up
ip -n a addr add 10.0.0.1/24 dev a0; ip -n a link set a0 up; ip -n a link set lo up
ip -n b addr add 10.0.1.1/24 dev b0; ip -n b link set b0 up; ip -n b link set lo up
ip -n a route add default via 10.0.0.254; ip -n b route add default via 10.0.1.254
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
r() { ip netns exec r "$@"; }
m() { r iptables -t mangle "$@"; }
counters() { r iptables-save -c -t mangle | grep -e '-A'; }
ping1() { ip netns exec a ping -c1 -W1 10.0.1.1 | grep -e transmitted -e From; }
echo "== a mark is seen by later rules"
m -A PREROUTING -j MARK --set-mark 0x10
m -A PREROUTING -j MARK --or-mark 0x0f
m -A PREROUTING -j MARK --and-mark 0x13
m -A PREROUTING -j MARK --xor-mark 0x01
m -A PREROUTING -j MARK --set-xmark 0xff00/0xff00
m -A FORWARD -m mark --mark 0xff12
m -A FORWARD -m mark ! --mark 0xff12
ping1
counters; m -F
echo "== saved in the connection, restored for the reply"
m -A PREROUTING -i ra -j MARK --set-mark 0x1234
m -A PREROUTING -i ra -j CONNMARK --save-mark
m -A PREROUTING -i rb -j CONNMARK --restore-mark
m -A POSTROUTING -o ra -m mark --mark 0x1234
m -A POSTROUTING -o ra -m mark ! --mark 0x1234
m -A POSTROUTING -o ra -m connmark --mark 0x1234
ping1
r conntrack -L 2>/dev/null | sed 's/ [0-9]* src/ T src/; s/id=[0-9]*/id=N/g'
counters; m -F; r conntrack -F 2>/dev/null
echo "== masks and shifts"
m -A PREROUTING -i ra -j MARK --set-mark 0xabcd
m -A PREROUTING -i ra -j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff00 --left-shift-mark 8
m -A PREROUTING -i ra -j CONNMARK --or-mark 0x1
m -A PREROUTING -i rb -j CONNMARK --restore-mark --ctmask 0xff00 --nfmask 0xff --right-shift-mark 8
m -A POSTROUTING -o ra -m mark --mark 0xcd
ping1
r conntrack -L 2>/dev/null | sed 's/ [0-9]* src/ T src/; s/id=[0-9]*/id=N/g'
counters; m -F; r conntrack -F 2>/dev/null
echo "== set, with shifts"
m -A PREROUTING -i ra -j CONNMARK --set-mark 5 --left-shift-mark 4
m -A PREROUTING -i ra -j CONNMARK --set-xmark 0/0 --right-shift-mark 1
m -A PREROUTING -i ra -j CONNMARK --set-xmark 0/0 --left-shift-mark 32
ping1
r conntrack -L 2>/dev/null | sed 's/ [0-9]* src/ T src/; s/id=[0-9]*/id=N/g'
m -F; r conntrack -F 2>/dev/null
echo "== routed by mark"
r ip route add unreachable default table 100
r ip rule add fwmark 0x7 table 100
m -A PREROUTING -i ra -p icmp -j MARK --set-mark 7
ping1
m -F
echo "== OUTPUT's mark routes again"
ip netns exec a ip route add prohibit default table 100
ip netns exec a ip rule add fwmark 0x7 table 100
ip netns exec a iptables -t mangle -A OUTPUT -p icmp -j MARK --set-mark 7
ip netns exec a ping -c1 -W1 10.0.1.1; echo "rc=$?"
ip netns exec a iptables-save -c -t mangle | grep -e '-A'
