# ARP and time: locktime, the delay and the queue of proxies, announcements when a link comes up, what a question teaches.
# include: neighbours
seen() { ip neigh show 10.0.0.2; }
echo "== another address is believed only after locktime"
ping -c 1 -W 1 10.0.0.2 > /dev/null
seen
ip -n b link set v1 address 02:00:00:00:00:22
arping -q -c 1 -w 1 -I v0 10.0.0.2
seen
sleep 1.5
arping -q -c 1 -w 1 -I v0 10.0.0.2
seen
echo "== a question refreshes an entry that exists, answered or not"
$b ip neigh flush dev v1
ping -c 1 -W 1 10.0.0.2 > /dev/null
$b ip neigh change 10.0.0.1 nud stale dev v1
$b ip neigh show
sleep 1.5
ip link set v0 address 02:00:00:00:00:11
arping -q -c 1 -w 1 -I v0 10.0.0.9 > /dev/null
$b ip neigh show
echo "== duplicate address detection teaches nothing"
$b ip neigh flush dev v1
arping -q -D -c 1 -w 1 -I v0 10.0.0.2 > /dev/null; echo "$?"
arping -q -D -c 1 -w 1 -I v0 10.0.0.9 > /dev/null; echo "$?"
$b ip neigh show
echo "== arp_notify: an announcement for each address"
ip addr add 10.5.0.1/24 dev v0
ip link set v0 down
sysctl -w net.ipv4.conf.v0.arp_notify=1
$b tcpdump -nl -i v1 arp > /tmp/arp 2> /dev/null & t=$!
sleep 1
ip link set v0 up
sleep 1
$b ip link set v1 down
$b ip link set v1 up
sleep 1
kill $t; wait $t 2> /dev/null
sed 's/^[^ ]* //' /tmp/arp
echo "== proxies"
ip netns add c
ip link add w1 netns b type veth peer name w0 netns c
ip -n b addr add 10.1.0.2/24 dev w1; ip -n b link set w1 up; ip -n c link set w0 up
$b sysctl -qw net.ipv4.conf.v1.forwarding=1 net.ipv4.conf.v1.proxy_arp=1
$b sysctl net.ipv4.neigh.v1.proxy_delay
$b ip neigh flush dev v1
arping -q -c 1 -w 1 -I v0 10.1.0.9 > /dev/null; echo "within a second: $?"
$b ip neigh show dev v1
$b sysctl -qw net.ipv4.neigh.v1.proxy_delay=0
echo "== a private VLAN does not answer about the asker itself"
$b sysctl -qw net.ipv4.conf.v1.proxy_arp=0 net.ipv4.conf.v1.proxy_arp_pvlan=1
tcpdump -nl -i v0 arp > /tmp/arp 2> /dev/null & t=$!
sleep 1
arping -q -c 1 -w 1 -I v0 10.0.0.9 > /dev/null; echo "10.0.0.9: $?"
arping -q -U -c 1 -w 1 -I v0 10.0.0.1 > /dev/null
sleep 1
kill $t; wait $t 2> /dev/null
grep -o 'ARP, Re.*, length' /tmp/arp | sed 's/is-at .*/is-at MAC/'
$b sysctl -qw net.ipv4.conf.v1.proxy_arp_pvlan=0
echo "== arp_ignore and the asker's subnet"
ip addr add 10.7.0.1/32 dev lo
for i in 1 2 3 4 8 0; do
  $b sysctl -w net.ipv4.conf.v1.arp_ignore=$i
  for target in 10.0.0.2 10.1.0.2; do
    for from in 10.0.0.1 10.7.0.1; do
      arping -q -c 1 -w 1 -s $from -I v0 $target > /dev/null && echo "$target from $from: answered" || echo "$target from $from: silence"
    done
  done
done
