# What b's connection tracking made of the last packet: the state that rules see, then each connection with its timeout, the next of the usual ones.
b="ip netns exec b"
if ! $b iptables -t mangle -C PREROUTING -m conntrack --ctstate INVALID 2>/dev/null; then
  for s in NEW ESTABLISHED RELATED INVALID; do $b iptables -t mangle -A PREROUTING -m conntrack --ctstate $s; done
  ip -n b neigh replace 10.0.1.9 lladdr 02:00:00:00:01:09 dev b1
fi
[ "$1" = begin ] && exit
seen=$($b iptables -t mangle -L PREROUTING -nvxZ | awk '$1 > 0 && / ctstate / { print $NF }')
entries=$($b conntrack -L -p tcp 2>/dev/null | sed -E 's/mark=.*//; s/src=[^[]*//g' | awk '{ n = split("10 30 60 90 120 300 432000", t); i = 1; while (i < n && t[i] < $3) i++; print $4, t[i], $5, $6 }' | sed 's/ *$//' | sort)
echo ${seen:-unseen}, ${entries:-no connection}
