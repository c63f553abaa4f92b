# TCP whose segments a rule refuses on their way out: they were never sent, and wait for the probe timer (persist), not for a retransmission.
# native
for n in a b; do ip netns add $n; ip -n $n link set lo up; ip netns exec $n sysctl -qw net.ipv6.conf.default.disable_ipv6=1; done
ip link add eth0 netns a address 02:00:00:00:00:0a type veth peer name eth0 netns b address 02:00:00:00:00:0b
for n in a b; do ip netns exec $n sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv4.tcp_rmem="4096 131072 6291456"; done
ip -n a addr add 10.0.0.1/24 dev eth0; ip -n a link set eth0 up
ip -n b addr add 10.0.0.2/24 dev eth0; ip -n b link set eth0 up
A="ip netns exec a"; B="ip netns exec b"
$B socat TCP4-LISTEN:80,fork,reuseaddr SYSTEM:"sleep 0.3; cat" &
cd "$(mktemp -d)"; sleep 0.5
look() { $A ss -tn state all dst 10.0.0.2 | grep -v TIME-WAIT | sed 's/10.0.0.1:[0-9]*/a/; 1d'; }
# a's OUTPUT refuses as the rule says while hello goes to b, who echoes it; then once more without the rule
try() {
  echo "== $*"
  $A iptables -F OUTPUT; $A iptables -A OUTPUT -p tcp "$@"
  $B tcpdump -n -t -l -i eth0 tcp >packets 2>/dev/null & local t=$!
  sleep 1
  { echo hello; sleep 2; } | timeout 3.5 $A nc -n -v -N 10.0.0.2 80 & local c=$!
  sleep 0.9; look
  sleep 0.8; look
  sleep 1.2; look
  $A iptables -F OUTPUT
  wait $c; echo "rc=$?"
  sleep 1; look
  kill $t; wait $t
  sed 's/10.0.0.1.[3-6][0-9]*/a/; s/10.0.0.2.[0-9]*/b/; s/, win .*length/ length/; /Flags \[S/s/seq [0-9]*//; s/Flags \[S\.\],.*/Flags [S.]/' packets
}
try -m string --algo bm --string hello -j DROP
try -m string --algo bm --string hello -j REJECT
try --tcp-flags FIN FIN -j DROP
try --tcp-flags FIN FIN -j REJECT --reject-with icmp-admin-prohibited
try --tcp-flags FIN FIN -j REJECT --reject-with tcp-reset
try --syn -j DROP
try -m statistic --mode nth --every 3 --packet 1 -j DROP
try -m statistic --mode nth --every 3 --packet 2 -j DROP
