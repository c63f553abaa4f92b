# Which rules the packets of one ping match in the steps of the chapter "service原理": test/stories/services.test.ts holds the trace against it.
# native
# include: two-pods
# step TITLE NS ADDRESS: table, chain and number of each rule that counted, and the times
step() {
  echo "== $1"
  iptables -Z; iptables -t nat -Z; conntrack -F 2>/dev/null
  if [ $2 = host ]; then ping -c 1 -W 1 $3; else ip netns exec $2 ping -c 1 -W 1 $3; fi >/dev/null
  echo "rc=$?"
  iptables-save -c | awk '/^\*/ { table = substr($1, 2); split("", n) } /^\[/ { n[$3]++; if ($1 !~ /^\[0:/) { sub(/^\[/, "", $1); sub(/:.*/, "", $1); print table, $3, n[$3], $1 } }'
}
iptables -t nat -A PREROUTING -d 10.96.0.100 -j DNAT --to-destination 10.244.1.11
step 'clusterIP from a pod' pod-a 10.96.0.100
step 'clusterIP from the host without the OUTPUT rule' host 10.96.0.100
iptables -t nat -A OUTPUT -d 10.96.0.100 -j DNAT --to-destination 10.244.1.11
step 'clusterIP from the host with it' host 10.96.0.100
iptables -t nat -A POSTROUTING -d 10.244.1.11 -s 10.244.1.11 -j MASQUERADE
step 'hairpin with masquerade' pod-b 10.96.0.100
iptables -I FORWARD -s 10.244.1.10 -d 10.96.0.100 -j DROP
step 'policy on the clusterIP' pod-a 10.96.0.100
iptables -I FORWARD -s 10.244.1.10 -d 10.244.1.11 -j DROP
step 'policy on the pod, from a pod' pod-a 10.96.0.100
