# iptables-restore reads its table where "*filter" stands and writes it at COMMIT: what is counted in between, and what somebody else changes.
iptables -N mine; iptables -N other
for n in 1 2 3; do iptables -A mine -s 127.0.0.1 -c $n ${n}00; done
iptables -A INPUT -j mine
echo "== counted in between"
{ echo '*filter'; echo '-Z mine 2'; echo '-A mine -s 127.0.0.1'; sleep 2; ping -q -c 1 127.0.0.1 >/dev/null; echo COMMIT; } | iptables-restore -n
echo "rc=$?"
iptables-save -c -t filter | grep -- '-A\|:mine'
echo "== counted in between, nothing zeroed"
{ echo '*filter'; echo '-I mine -s 127.0.0.1'; echo '-D mine 3'; sleep 2; ping -q -c 1 127.0.0.1 >/dev/null; echo COMMIT; } | iptables-restore -n
echo "rc=$?"
iptables-save -c -t filter | grep -- '-A\|:mine'
echo "== changed in between, by one that does not wait for the lock"
{ echo '*filter'; echo '-A mine'; sleep 2; XTABLES_LOCKFILE=/tmp/lock iptables -A other -s 7.7.7.7; echo COMMIT; } | iptables-restore -n
echo "rc=$?"
iptables -S
