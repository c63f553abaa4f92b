# connect(2) looks a route up twice: for the source, then with it. Rules about the source hold for connected sockets without one.
# native
ip netns add n0
ip link add e0 address 02:00:00:00:00:01 type veth peer name e0 address 02:00:00:00:00:02 netns n0
ip addr add 10.0.0.1/24 dev e0
ip -n n0 addr add 10.0.0.2/24 dev e0
ip link set lo up
ip link set e0 up
ip -n n0 link set e0 up
ip route add 10.0.9.0/24 via 10.0.0.2
ip route add unreachable 10.0.9.0/24 table 100
try() {
  echo "== $*"
  ip rule add pref 10 $*
  ip rule show pref 10
  for to in 10.0.0.2 10.0.9.9; do
    ip route get $to
    ip route get $to from 10.0.0.1
    ping -n -c 1 -W 1 $to
    echo "rc=$?"
    timeout 0.5 nc -z -n -v $to 9
    echo "rc=$?"
    echo x | timeout 0.5 nc -n -u $to 9
    echo "rc=$?"
  done
  ip rule del pref 10
}
try from 10.0.0.0/24 prohibit
try from 10.0.0.0/24 iif lo unreachable
try from 10.0.0.0/24 suppress_prefixlength 0 blackhole
try from 10.0.0.1 lookup 100
try from 10.0.0.0/24 suppress_prefixlength 24 lookup main
try suppress_prefixlength 32 goto 32767
