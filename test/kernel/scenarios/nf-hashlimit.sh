# -m hashlimit with traffic: buckets by address, port and network, above and up to, bytes, rate-match, expiry, sharing by name.
# Recorded natively: the seconds count.
ip netns add a; ip netns add b
ip link add a0 netns a type veth peer name b0 netns b
ip -n a addr add 10.0.0.1/24 dev a0; ip -n a link set a0 up
ip -n a addr add 10.0.0.3/24 dev a0; ip -n a link set lo up
ip -n b addr add 10.0.0.2/24 dev b0; ip -n b link set b0 up; ip -n b link set lo up
ip -n b addr add 10.0.0.4/24 dev b0
ip netns exec a ping -q -c 1 10.0.0.2 > /dev/null
ip netns exec a ping -q -c 1 10.0.0.4 > /dev/null
b() { ip netns exec b "$@"; }
send() { ip netns exec a ping -q -c "$1" -i 0.002 -W 0.1 "${@:2}" | grep transmitted | cut -d, -f1,2; }
count() { b iptables-save -c | grep -- "-A"; }
list() { b cut -d' ' -f2 /proc/net/ipt_hashlimit/$1 | sort; }

echo "== up to and above, one bucket"
b iptables -A INPUT -m hashlimit --hashlimit-upto 1/min --hashlimit-burst 3 --hashlimit-name one
b iptables -A INPUT -m hashlimit --hashlimit-above 1/min --hashlimit-burst 3 --hashlimit-name two
send 5 10.0.0.2; count; list one

echo "== by source"
b iptables -F
b iptables -A INPUT -m hashlimit --hashlimit-upto 1/min --hashlimit-burst 2 --hashlimit-mode srcip --hashlimit-name src
send 3 10.0.0.2; send 3 -I 10.0.0.3 10.0.0.2; count; list src

echo "== by source and destination"
b iptables -F
b iptables -A INPUT -m hashlimit --hashlimit-upto 1/min --hashlimit-burst 2 --hashlimit-mode srcip,dstip --hashlimit-name both
send 3 10.0.0.2; send 3 10.0.0.4; count; list both

echo "== by network"
b iptables -F
b iptables -A INPUT -m hashlimit --hashlimit-upto 1/min --hashlimit-burst 2 --hashlimit-mode srcip --hashlimit-srcmask 24 --hashlimit-name net
send 3 10.0.0.2; send 3 -I 10.0.0.3 10.0.0.2; count; list net

echo "== by port"
b iptables -F
b iptables -A INPUT -p udp -m hashlimit --hashlimit-upto 1/min --hashlimit-burst 2 --hashlimit-mode dstport --hashlimit-name port
b iptables -A OUTPUT -p icmp -j DROP
for p in 7 7 7 9; do ip netns exec a nc -u -w 1 -q 0 10.0.0.2 $p <<< x; done
send 2 10.0.0.2; count; list port

echo "== two rules share a bucket by name"
b iptables -F
b iptables -A INPUT -m hashlimit --hashlimit-upto 1/min --hashlimit-burst 4 --hashlimit-name share
b iptables -A INPUT -m hashlimit --hashlimit-upto 1/hour --hashlimit-burst 100 --hashlimit-name share
send 3 10.0.0.2; count
b iptables -A INPUT -m hashlimit --hashlimit-upto 1/hour --hashlimit-burst 100 --hashlimit-name share
send 1 10.0.0.2; count

echo "== credit comes back"
b iptables -F
b iptables -A INPUT -m hashlimit --hashlimit-upto 2/sec --hashlimit-burst 2 --hashlimit-name credit
send 4 10.0.0.2; sleep 0.6; send 4 10.0.0.2; sleep 1.2; send 4 10.0.0.2; count

echo "== expiry forgets"
b iptables -F
b iptables -A INPUT -m hashlimit --hashlimit-upto 1/min --hashlimit-burst 2 --hashlimit-name expire --hashlimit-htable-expire 300 --hashlimit-htable-gcinterval 100
send 3 10.0.0.2; list expire; sleep 0.7; list expire; send 3 10.0.0.2; count

echo "== bytes"
b iptables -F
b iptables -A INPUT -m hashlimit --hashlimit-upto 1000b/s --hashlimit-name bytes
b iptables -A INPUT -m hashlimit --hashlimit-above 1000b/s --hashlimit-burst 2000b --hashlimit-name burst
b iptables -A INPUT -m hashlimit --hashlimit-upto 100kb/s --hashlimit-name large
send 20 -s 72 10.0.0.2; count

echo "== a full table drops"
b iptables -F
b iptables -A INPUT -m hashlimit --hashlimit-upto 1000/sec --hashlimit-burst 100 --hashlimit-mode srcip --hashlimit-name full --hashlimit-htable-size 1 --hashlimit-htable-max 1 --hashlimit-htable-expire 10000
send 2 10.0.0.2; send 2 -I 10.0.0.3 10.0.0.2; count; list full

echo "== the rate of the last interval"
b iptables -F
b iptables -A INPUT -m hashlimit --hashlimit-above 5/sec --hashlimit-burst 2 --hashlimit-rate-match --hashlimit-name rate
send 10 10.0.0.2; count; sleep 1.1; send 4 10.0.0.2; count; sleep 1.3; send 4 10.0.0.2; count

echo "== the file"
b iptables -F
b iptables -A INPUT -m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 --hashlimit-mode srcip,dstip,srcport,dstport --hashlimit-name file --hashlimit-htable-expire 5500
ip netns exec a nc -u -w 1 -q 0 10.0.0.2 7 <<< x
b sed 's/:[0-9]*->/:P->/; s/ [0-9]* [0-9]* [0-9]*$/ C/' /proc/net/ipt_hashlimit/file
