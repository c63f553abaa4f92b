# Lines for which iptables-restore refuses a whole table, where they are read or at COMMIT ("; " parts two lines). The law that
# a failed restore changes nothing (test/laws/iptables_restore.test.ts) takes them from here.
while read -r line; do
  echo "== $line"
  printf '%s\n' '*filter' ':INPUT DROP [0:0]' ':one - [0:0]' ':two - [0:0]' "${line//; /$'\n'}" COMMIT | iptables-restore 2>/dev/null
  echo "rc=$?"
done <<'L'
-A INPUT -j ACCEPT
-A INPUT -j NOSUCH
-A INPUT -p tcp -m tcp --dport nonsense
-A nowhere -j ACCEPT
-A INPUT --no-such-option
-A INPUT -m nosuch
:INPUT MAYBE [0:0]
-I INPUT -j two; -I two -j two
-A two -j ACCEPT; -I INPUT -j two; -A two -j two
-A INPUT -j ACCEPT; -A INPUT -j two; -I two -j two
-I INPUT -j two; -I two -g one; -I one -g two
-A two -j two
-A INPUT -j DNAT --to-destination 10.0.0.1
-A INPUT -j TTL --ttl-set 3
-D INPUT -s 192.0.2.77 -j DROP
L
