# What examples/what-if.ts asks copies of one machine is asked here of as many machines, all at the same time: a ping every five seconds,
# twelve seconds later a change, half a minute later the answers to the ping since, and a line to the echo server.
# native
# network N: client N, router N, server N
network() {
  for n in client router server; do ip netns add $n$1; ip -n $n$1 link set lo up; done
  ip link add eth0 netns client$1 type veth peer name eth1 netns router$1
  ip link add eth0 netns server$1 type veth peer name eth2 netns router$1
  ip -n client$1 addr add 10.0.1.2/24 dev eth0; ip -n client$1 link set eth0 up
  ip -n router$1 addr add 10.0.1.1/24 dev eth1; ip -n router$1 link set eth1 up
  ip -n router$1 addr add 10.0.2.1/24 dev eth2; ip -n router$1 link set eth2 up
  ip -n server$1 addr add 10.0.2.2/24 dev eth0; ip -n server$1 link set eth0 up
  ip -n client$1 route add default via 10.0.1.1; ip -n server$1 route add default via 10.0.2.1
  ip netns exec router$1 sysctl -qw net.ipv4.ip_forward=1
}
answers() { grep -c 'bytes from' /tmp/ping$1; }
# what_if N CHANGE
what_if() {
  local before
  network $1
  ip netns exec server$1 socat TCP4-LISTEN:7,fork,reuseaddr exec:cat 2>/dev/null &
  ip netns exec client$1 ping -i 5 10.0.2.2 >/tmp/ping$1 &
  sleep 12
  before=$(answers $1)
  eval "${2//@/$1}"
  sleep 30
  echo "before: $before; in half a minute: $(($(answers $1) - before)); echo: $(echo hello | ip netns exec client$1 nc -N -w 2 10.0.2.2 7 2>/dev/null)" >/tmp/answer$1
}
changes=(
  'true'
  'ip -n router@ link set eth2 mtu 576'
  'ip netns exec router@ sysctl -qw net.ipv4.ip_forward=0'
  'ip -n server@ route del default'
  'ip -n router@ route add blackhole 10.0.2.2'
  'ip netns exec router@ sysctl -qw net.ipv4.conf.eth1.rp_filter=1; ip -n router@ route replace 10.0.1.2 dev eth2'
)
for i in ${!changes[@]}; do what_if $i "${changes[i]}" & done
sleep 50
for i in ${!changes[@]}; do
  echo "== ${changes[i]//@/}"
  cat /tmp/answer$i
done
pkill -f 'ping -i 5 10.0.2.2'; pkill socat
