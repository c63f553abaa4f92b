# Whether a source may be used: the longest prefix of table local (and main while they are one) has to say that it is local.
# native
ip netns add n0
ip link add e0 address 02:00:00:00:00:01 type veth peer name e0 address 02:00:00:00:00:02 netns n0
ip link set lo up
ip addr add 10.0.0.1/24 dev e0
ip link set e0 up
ip route add 10.1.3.1 via 10.0.0.2
echo "== a local range with a broadcast address in it"
ip route replace local 10.0.0.0/8 dev lo
for from in 10.0.0.1 10.0.0.9 10.0.0.255 10.1.3.1 10.1.3.2 11.0.0.1; do
  ip route get 10.2.0.1 from $from
  echo "rc=$?"
done
echo "== everything local"
ip route replace local default dev lo
ip route get 10.2.0.1 from 10.1.3.1
ping -n -c 1 -W 1 -I lo 10.1.3.1
echo "rc=$?"
ping -n -c 1 -W 1 -I lo 10.1.3.2
echo "rc=$?"
echo "== with tables apart"
ip rule add pref 100 lookup 100
ip route get 10.2.0.1 from 10.1.3.1
ping -n -c 1 -W 1 -I lo 10.1.3.1
echo "rc=$?"
echo "== a route over a part of 127.0.0.0/8: nobody can answer from there"
ip rule del pref 100
ip addr add 10.1.0.1/32 dev lo
ip route del local default dev lo table local
ip route add 127.0.0.0/24 via 10.1.0.1
ip route get 127.0.0.5
ping -n -c 1 -W 1 127.0.0.5
echo "rc=$?"
ping -n -c 1 -W 1 127.0.1.5
echo "rc=$?"
echo x | nc -n -u -w 1 127.0.0.5 9
echo "rc=$?"
