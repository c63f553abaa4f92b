# Where and why Linux drops the IPv4 packets of the stories and of the examples: function, reason and the device by which the packet had
# come ("-": none, it was sent here), from the tracepoints net:netif_receive_skb and skb:kfree_skb. Each section has a machine of its own.
# native
# compared in test/unit/examples.test.ts
mount -t tracefs t /sys/kernel/tracing
chapter() {
# include: chapter-setup
}
service() {
# include: two-pods
iptables -I FORWARD -s 10.244.0.0/16 -d 10.244.0.0/16 -j ACCEPT
iptables -t nat -A PREROUTING -d 10.96.0.100 -j DNAT --to-destination 10.244.1.11
}
routed() {
for n in client router server; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns client type veth peer name eth1 netns router
ip link add eth0 netns server type veth peer name eth2 netns router
ip -n client addr add 10.0.1.2/24 dev eth0; ip -n client link set eth0 up
ip -n router addr add 10.0.1.1/24 dev eth1; ip -n router link set eth1 up
ip -n router addr add 10.0.2.1/24 dev eth2; ip -n router link set eth2 up
ip -n server addr add 10.0.2.2/24 dev eth0; ip -n server link set eth0 up
ip -n client route add default via 10.0.1.1; ip -n server route add default via 10.0.2.1
ip netns exec router sysctl -qw net.ipv4.ip_forward=1
}
# seen COMMAND…: the packets that are dropped meanwhile
seen() {
  local t=/sys/kernel/tracing/instances/netsim-$BASHPID e events="net/netif_receive_skb skb/kfree_skb skb/consume_skb"
  mkdir $t
  for e in $events; do echo 1 >$t/events/$e/enable; done
  "$@" >/dev/null 2>&1
  sleep 0.2
  for e in $events; do echo 0 >$t/events/$e/enable; done
  awk 'function word(name) { return match($0, name "[A-Za-z0-9_-]+") ? substr($0, RSTART + length(name), RLENGTH - length(name)) : "" }
    / netif_receive_skb: / { dev[word("skbaddr=")] = word("dev=") }
    / consume_skb: / { delete dev[word("skbaddr=")] }
    / kfree_skb: / { a = word("skbaddr="); d = a in dev ? dev[a] : "-"; delete dev[a]
      if (/ protocol=2048 / && d ~ /^(-|eth[0-9]|lan0|ens3|ns1-eth0|veth-.*)$/) print word("location="), word("reason: "), d }' $t/trace
  rmdir $t
}
export -f chapter service routed seen
# machine TITLE SCRIPT
machine() {
  echo "== $1"
  unshare --net --mount bash -c "mount -t tmpfs none /run; mkdir /run/netns; ip link set lo up; $2"
}
pod='ip netns exec ns1 ping -c 1 -W 2 192.168.6.160'
for missing in default-route forwarding proxy-arp way-back; do
  machine "pod to host without $missing" "MISSING=$missing; chapter >/dev/null; seen $pod -W 4"
done
machine "pod to host, a gateway that nobody has" "MISSING=proxy-arp; chapter >/dev/null; ip route del 172.20.1.10; seen $pod -W 4"
machine 'hairpin without masquerade' 'service; seen ip netns exec pod-b ping -c 1 -W 1 10.96.0.100'
machine 'policy on the pod, from a pod' 'service; iptables -I FORWARD -s 10.244.1.10 -d 10.244.1.11 -j DROP; seen ip netns exec pod-a ping -c 1 -W 1 10.96.0.100'
while read -r question; do
  machine "a datagram of 1000 bytes: $question" "routed; ip netns exec client ping -q -c 1 10.0.2.2 >/dev/null; $question
    seen ip netns exec client bash -c 'head -c 1000 /dev/zero >/dev/udp/10.0.2.2/9'"
done <<'Q'
true
ip -n router link set eth2 mtu 576
ip netns exec router sysctl -qw net.ipv4.ip_forward=0
ip -n server route del default
ip -n router route add blackhole 10.0.2.2
ip netns exec router sysctl -qw net.ipv4.conf.eth1.rp_filter=1; ip -n router route replace 10.0.1.2 dev eth2
Q
