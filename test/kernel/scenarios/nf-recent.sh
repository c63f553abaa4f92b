# -m recent with traffic: set, rcheck, update, remove, hits, seconds, TTL, networks, a list of 100.
# Recorded natively: the seconds count.
ip netns add a; ip netns add b
ip link add a0 netns a type veth peer name b0 netns b
ip -n a addr add 10.0.0.1/24 dev a0; ip -n a link set a0 up
ip -n a addr add 10.0.0.3/24 dev a0; ip -n a link set lo up
ip -n b addr add 10.0.0.2/24 dev b0; ip -n b link set b0 up
ip netns exec a ping -q -c 1 10.0.0.2 > /dev/null
b() { ip netns exec b "$@"; }
send() { ip netns exec a ping -q -c "$1" -i 0.02 -W 0.1 "${@:2}" 10.0.0.2 | grep transmitted | cut -d, -f1,2; }
count() { b iptables-save -c | grep -- "-A"; }
list() { b sed 's/[0-9]\{9,\}/J/g' /proc/net/xt_recent/$1 | sort; }

echo "== set, then rcheck"
b iptables -A INPUT -m recent --rcheck
b iptables -A INPUT -m recent ! --rcheck
b iptables -A INPUT -m recent --set
b iptables -A INPUT -m recent --rcheck
send 3; count; list DEFAULT

echo "== a second address, the list is shared by its name"
b iptables -A INPUT -m recent --rcheck --hitcount 3
send 2 -I 10.0.0.3; count; list DEFAULT

echo "== destination"
b iptables -F
b iptables -A INPUT -m recent --set --name dst --rdest
send 2; count; list dst

echo "== hits within seconds"
b iptables -F
b iptables -A INPUT -p icmp -m recent --name H --rcheck --seconds 1 --hitcount 3 -j DROP
b iptables -A INPUT -p icmp -m recent --name H --set
send 5; count
sleep 1.3
send 2; count

echo "== update keeps it alive, seconds"
b iptables -F
b iptables -A INPUT -m recent --name U --update --seconds 1
b iptables -A INPUT -m recent --name U ! --rcheck --seconds 1
echo +10.0.0.1 | b tee /proc/net/xt_recent/U
send 1; sleep 0.7; send 1; sleep 0.7; send 1; count; list U
sleep 1.3; send 1; count

echo "== remove"
b iptables -F
b iptables -A INPUT -m recent --name R --rcheck
b iptables -A INPUT -m recent --name R --remove
b iptables -A INPUT -m recent --name R ! --remove
echo +10.0.0.1 | b tee /proc/net/xt_recent/R
send 2; count; list R

echo "== ttl"
b iptables -F
b iptables -A INPUT -m recent --name T --rcheck --rttl
b iptables -A INPUT -m recent --name T --rcheck
b iptables -A INPUT -m recent --name T --set
send 1; send 1 -t 33; send 1 -t 33; count; list T

echo "== networks"
b iptables -F
b iptables -A INPUT -m recent --name N --mask 255.255.255.0 --set
send 1; send 1 -I 10.0.0.3; count; list N

echo "== reap"
b iptables -F
b iptables -A INPUT -m recent --name P --rcheck --seconds 1 --reap
for i in 7 8 9; do echo +10.0.0.$i | b tee /proc/net/xt_recent/P > /dev/null; done
echo +10.0.0.1 | b tee /proc/net/xt_recent/P > /dev/null
send 1; list P | wc -l
sleep 1.3; send 1; list P; send 3; list P

echo "== a longer memory empties the list"
b iptables -F
b iptables -A INPUT -m recent --name L --rcheck --hitcount 2
for i in 1 2 3; do echo +10.0.0.1 | b tee /proc/net/xt_recent/L > /dev/null; done
list L
b iptables -A INPUT -m recent --name L --rcheck --hitcount 5
list L
for i in 1 2 3 4 5 6 7 8 9 10; do echo +10.0.0.1 | b tee /proc/net/xt_recent/L > /dev/null; done
list L
send 1; count

echo "== a hundred addresses"
for i in $(seq 1 102); do echo +10.9.0.$i | b tee /proc/net/xt_recent/L > /dev/null; done
list L | wc -l
list L | grep -c -e '=10.9.0.2 ' -e '=10.9.0.1 ' -e '=10.0.0.1 '
list L | grep -e '=10.9.0.3 ' -e '=10.9.0.102 '
