# Matches that remember, and matches on connections, sockets and chance: statistic, limit, conntrack, state, connmark, owner.
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add a0 netns a type veth peer name b0 netns b
ip -n a addr add 10.0.0.1/24 dev a0; ip -n b addr add 10.0.0.2/24 dev b0
ip -n a link set a0 up; ip -n b link set b0 up
A="ip netns exec a"; B="ip netns exec b"
rules() { while read -r rule; do $B iptables -A $rule; done; }
show() { echo "== $1"; $B iptables-save -c | grep '^\[.*-A'; $B iptables -Z; }
$A ping -c 1 10.0.0.2 >/dev/null
rules <<'RULES'
INPUT -m statistic --mode nth --every 3 --packet 0
INPUT -m statistic --mode nth --every 3 --packet 1
INPUT -m statistic --mode nth --every 3 --packet 2
INPUT -m statistic --mode nth ! --every 3 --packet 1
INPUT -m statistic --mode nth --every 1 --packet 0
INPUT -m statistic --mode nth --every 100 --packet 4
INPUT -m statistic --mode random --probability 0
INPUT -m statistic --mode random --probability 1
INPUT -m statistic --mode random ! --probability 1
INPUT -m statistic --mode nth --every 2 --packet 0 -j RETURN
INPUT -m statistic --mode nth --every 2 --packet 0
RULES
$A ping -c 8 -i 0.1 10.0.0.2 | grep received; show "eight pings"
$B iptables -A INPUT -p 99
$A ping -c 1 10.0.0.2 | grep received; show "one more: the table was replaced, counting begins anew"
$B iptables -F
rules <<'RULES'
INPUT -m limit --limit 1/s --limit-burst 3
INPUT -m limit --limit 10/minute
INPUT -m limit --limit 2/s --limit-burst 1
INPUT -m limit --limit 1/hour --limit-burst 2 -j RETURN
INPUT -m limit --limit 5/s
RULES
$A ping -c 12 -i 0.2 10.0.0.2 | grep received; show "twelve pings in 2.2 seconds"
sleep 3
$A ping -c 12 -i 0.2 10.0.0.2 | grep received; show "and three seconds later"
$B iptables -F
rules <<'RULES'
INPUT -m conntrack --ctstate NEW
INPUT -m conntrack --ctstate ESTABLISHED
INPUT -m conntrack ! --ctstate NEW,ESTABLISHED
INPUT -m conntrack --ctstate INVALID
INPUT -m conntrack --ctstate INVALID --ctproto tcp --ctdir REPLY
INPUT -m conntrack --ctproto icmp
INPUT -m conntrack ! --ctproto icmp
INPUT -m conntrack --ctorigsrc 10.0.0.1 --ctorigdst 10.0.0.0/24
INPUT -m conntrack --ctorigdst 10.0.0.77/24
INPUT -m conntrack ! --ctreplsrc 10.0.0.2
INPUT -m conntrack --ctrepldst 10.0.0.1 --ctdir ORIGINAL
INPUT -m conntrack --ctdir REPLY
INPUT -m conntrack --ctorigdstport 80
INPUT -m conntrack --ctreplsrcport 70:90
INPUT -m conntrack --ctorigdstport 2048
INPUT -m conntrack --ctstatus NONE
INPUT -m conntrack ! --ctstatus NONE
INPUT -m conntrack --ctstatus CONFIRMED
INPUT -m conntrack --ctstatus SEEN_REPLY
INPUT -m conntrack --ctstatus ASSURED
INPUT -m conntrack --ctexpire 0
INPUT -m conntrack --ctexpire 1:30
INPUT -m conntrack --ctexpire 31:
INPUT -m state --state NEW
INPUT -m state --state ESTABLISHED,RELATED
INPUT -m state ! --state NEW
INPUT -m connmark --mark 0
INPUT -m connmark ! --mark 0
INPUT -m mark --mark 0/0xff
OUTPUT -m conntrack --ctstate NEW
OUTPUT -m conntrack --ctstate ESTABLISHED --ctdir REPLY
OUTPUT -m state --state RELATED
RULES
$A ping -c 2 -i 0.1 10.0.0.2 | grep received; show "two pings"
$A nc -w 1 10.0.0.2 80 </dev/null; echo "rc=$?"; show "a closed TCP port"
echo x | $A nc -u -w 1 10.0.0.2 80; show "a closed UDP port"
$B nc -u -l -w 2 80 >/dev/null & sleep 0.5
(echo x; sleep 0.3; echo y; sleep 0.3) | $A nc -u -w 1 10.0.0.2 80; wait $!; show "an open UDP port"
$B iptables -F
rules <<'RULES'
OUTPUT -m owner --socket-exists
OUTPUT -m owner ! --socket-exists
OUTPUT -m owner --uid-owner 0
OUTPUT -m owner ! --uid-owner 0
OUTPUT -m owner --gid-owner 0
OUTPUT -m owner --uid-owner 1000-2000
OUTPUT -m owner ! --uid-owner 1000
OUTPUT -m owner --socket-exists ! --uid-owner 1000
OUTPUT -m owner ! --socket-exists ! --uid-owner 0
OUTPUT -m owner ! --socket-exists --uid-owner 0
RULES
$A ping -c 1 10.0.0.2 | grep received; show "an echo reply: the kernel's socket"
$B ping -c 1 10.0.0.1 | grep received; show "an echo request of root's"
$A nc -w 1 10.0.0.2 80 </dev/null; show "a reset"
echo x | $A nc -u -w 1 10.0.0.2 80; show "port unreachable"
$B nc -l 80 >/dev/null & sleep 0.5
echo x | $A nc -N -w 2 10.0.0.2 80; wait $!; show "a connection to root's server"
