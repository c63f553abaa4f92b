# kube-proxy's chains as the article prints them: port-exact rules, the mark for hairpin and nodePort, masquerade at the end.
# native
# include: two-pods
iptables-restore <<'RULES'
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-FORWARD - [0:0]
-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-SVC-1 - [0:0]
:KUBE-SEP-1 - [0:0]
:KUBE-SEP-2 - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-POSTROUTING - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A OUTPUT -j KUBE-SERVICES
-A POSTROUTING -j KUBE-POSTROUTING
-A KUBE-SERVICES -d 10.96.252.6/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-1
-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
-A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-MARK-MASQ
-A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-SVC-1
-A KUBE-SVC-1 -m statistic --mode nth --every 2 --packet 0 -j KUBE-SEP-1
-A KUBE-SVC-1 -j KUBE-SEP-2
-A KUBE-SEP-1 -s 10.244.1.10/32 -j KUBE-MARK-MASQ
-A KUBE-SEP-1 -p tcp -m tcp -j DNAT --to-destination 10.244.1.10:80
-A KUBE-SEP-2 -s 10.244.1.11/32 -j KUBE-MARK-MASQ
-A KUBE-SEP-2 -p tcp -m tcp -j DNAT --to-destination 10.244.1.11:80
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
-A KUBE-POSTROUTING -j MASQUERADE
COMMIT
RULES
echo "rc=$?"
for p in a b; do ip netns exec pod-$p socat TCP4-LISTEN:80,fork,reuseaddr system:"read x; echo pod-$p" 2>/dev/null & done
sleep 1
echo "== ping to a clusterIP with port-exact rules"
ask pod-a 10.96.252.6
echo "== from a pod, both endpoints in turn"
say pod-a 10.96.252.6 80
say pod-a 10.96.252.6 80
say pod-a 10.96.252.6 80
iptables-save -c -t nat | grep -- "^\[.*-A"
echo "== from the host"
say host 10.96.252.6 80
say host 10.96.252.6 80
echo "== hairpin"
say pod-b 10.96.252.6 80
say pod-b 10.96.252.6 80
conntrack -L -p tcp --orig-src 10.244.1.11 | sed 's/^tcp *6 [0-9]* //' | sort
echo "== nodePort"
say gw 192.168.6.160 30080
say gw 10.0.2.15 30080
say host 192.168.6.160 30080
say pod-a 192.168.6.160 30080
say pod-a 192.168.6.160 30080
echo "== another port"
say pod-a 10.96.252.6 81
say gw 192.168.6.160 30081
iptables-save -c -t nat | grep -- "^\[.*-A"
kill %1 %2
