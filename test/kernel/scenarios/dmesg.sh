# dmesg: options, messages, exit codes.
# in the first namespace
iptables -S > /dev/null; dmesg -C
for l in 0 3 4 6 7; do iptables -A OUTPUT -p icmp -j LOG --log-level $l --log-prefix "l$l "; done
ping -c1 127.0.0.1 > /dev/null
iptables -F
t() { echo "== dmesg $*"; dmesg "$@" > /tmp/dmesg-out 2>&1; echo "rc=$?"; sed 's/ ID=[0-9]*/ ID=N/g; s/\[ *[0-9]*\.[0-9]*/[T/; s/<[ 0-9.]*>\]/<D>]/; s/[A-Z][a-z][a-z] [A-Z][a-z][a-z]  *[0-9]* [0-9:]* [0-9]*/CTIME/; s/^[0-9T:-]*,[0-9]*+/ISO+/; s/^\[[A-Z][a-z][a-z][ 0-9]* [0-9:]*\]/[RELTIME]/; s/^\[  +[0-9.]*\]/[DELTA]/' /tmp/dmesg-out; }
t -t; t -tx; t -x; t -r; t -d; t -T; t -e; t -Td; t -H; t --time-format iso; t --time-format delta; t --time-format notime
t --time-format bogus; t --time-format; t -l err; t -l err,warn -t; t -l 3 -t; t -l foo; t -l; t --level=warn --raw; t -l err+
t -f kern -t; t -f user; t -f foo; t -k -t; t -u; t -n 3; t -n 9; t -n foo; t -D; t -E
t -c -C; t -r -x; t -r -t; t -r -T; t -H -r; t -r -d
t foo; t -Z; t --bogus; t -V; t --help; t -s 5000 -t; t -s foo; t -p -t; t -P -t; t --noescape -t; t -L -t; t --color=never -t
t -c -t; t; t -C
(timeout 4 dmesg -tw; echo rc=$?) > /tmp/dmesg-w & sleep 1.5
iptables -A OUTPUT -p icmp -j LOG --log-prefix "heard "; ping -c1 127.0.0.1 > /dev/null; wait
echo "== -w"; sed 's/ ID=[0-9]*/ ID=N/g' /tmp/dmesg-w
(timeout 4 dmesg -tW; echo rc=$?) > /tmp/dmesg-w & sleep 1.5
ping -c1 127.0.0.1 > /dev/null; wait
echo "== -W"; sed 's/ ID=[0-9]*/ ID=N/g' /tmp/dmesg-w
