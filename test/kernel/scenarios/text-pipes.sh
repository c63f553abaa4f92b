# Text tools as network scripts use them: on the output of ip, in pipelines, loops and beside running programs.
cd /tmp
echo "== addresses"
ip addr add 192.0.2.1/24 dev lo
ip addr add 198.51.100.7/32 dev lo
ip -4 -o addr show dev lo | awk '{print $4}'
ip -4 -o addr show dev lo | awk '{split($4, a, "/"); print a[1], (a[2] == 32 ? "host" : "net")}'
ip -4 addr show dev lo | grep -oE 'inet [0-9.]+' | cut -d' ' -f2
ip -4 addr show dev lo | sed -nE 's|.*inet ([0-9.]+)/([0-9]+).*|\2 \1|p' | sort -n -k1,1 | column -t
ip -4 addr show | grep -c inet
echo "== routes"
ip route add 203.0.113.0/24 via 192.0.2.9 metric 100
ip route add 203.0.113.128/25 via 192.0.2.8
ip route | awk '$2 == "via" { via[$3]++ } END { for (v in via) print v, via[v] }' | sort -t. -k4n
ip route show table local | grep -w local | awk '{print $2}' | sort -V | xargs
ip route | sed 's/ $//' | tr ' ' '\n' | sort | uniq -c | sort -k1,1nr -k2 | head -n 4
ip route get 192.0.2.1 | head -1 | sed -E "s/uid [0-9]+ //; s/ *$//"
echo "== namespaces"
for n in c a b; do ip netns add $n; done
ip netns list | awk '{print $1}' | sort | xargs -n1 -I{} ip netns exec {} sh -c 'echo {}: $(ip -o link | wc -l)'
ip netns list | cut -d' ' -f1 | sort -r | tr '\n' ','; echo
ip netns | awk '{print $1}' | sort | xargs -t -n 2 echo 2>&1
ip netns | awk '{print $1}' | xargs -r -n1 ip netns del; ip netns | wc -l
echo "== failing stages"
grep nothing /dev/null; echo "rc=$?"
printf '1\n2\n3\n' | grep -q 2 && echo yes
false | head -1; echo "${PIPESTATUS[*]}"
seq 1 100000 | head -n 2; echo "${PIPESTATUS[1]}"
yes 2>/dev/null | sed 3q
seq 5 | tee copy | awk '{s += $1} END {print s}'; wc -l < copy
seq 3 | while read -r n; do echo "$n" | sed "s/.*/<&>/"; done
echo "== awk and commands"
awk 'BEGIN { "echo from a command" | getline x; print x; print "b\na" | "sort"; close("sort"); r = system("exit 7"); print "rc", r }'
awk 'BEGIN { while (("ip -o link show lo" | getline) > 0) print $2; cmd = "cat 1>&2"; print "to stderr" | cmd; close(cmd) }' 2>&1
awk -v dev=lo 'BEGIN { cmd = "ip -4 -o addr show dev " dev; while ((cmd | getline line) > 0) n++; close(cmd); print dev, n }'
printf 'a 1\nb 2\n' | awk '{ print $1 > $2 ".out" } END { close("1.out"); getline < "1.out"; print "read", $0 }'
X=5 awk 'BEGIN { print ENVIRON["X"] + 1, ("X" in ENVIRON), ("NOSUCH" in ENVIRON) }'
awk 'BEGIN { printf "%-10s|%5.1f|%03d|%s\n", "veth0", 99.95, 7, substr("10.0.0.1", 1, 4) }'
echo "== edit in place"
printf 'net.ipv4.ip_forward=0\n# comment\n' > conf
sed -i.orig 's/=0/=1/; /^#/d' conf; cat conf conf.orig
cat <<'X' > prog.sed
# join continued lines
:a
/\\$/ { N; s/\\\n//; ba; }
X
printf 'a \\\nb\\\n c\nd\n' | sed -f prog.sed
printf '%s\n' 'chain A' 'rule 1' 'chain B' 'rule 2' 'rule 3' | awk '/^chain/ {c = $2; next} {print c, $2}' | awk '{n[$1]++} END {for (c in n) print c, n[c]}' | sort
echo "== follow"
echo one > log
tail -n +1 -f log > seen & pid=$!
sleep 0.5; echo two >> log; sleep 2; echo three >> log; sleep 2
kill $pid; wait $pid; echo "rc=$?"; cat seen
( sleep 1; echo late ) | grep --line-buffered late | sed -u 's/^/got /'
echo "== binary"
printf '\0\1\2abc\177' | od -An -tx1
printf 'GET / HTTP/1.0\r\n\r\n' | hexdump -C
printf 'xyz' | xxd -p; printf 'x' | base64
