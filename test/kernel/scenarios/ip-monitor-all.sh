# ip monitor without an object hears everything: an address and the routes that it brings; -ts and -t say when.
ip link add d0 address 02:00:00:00:00:10 type dummy
ip link set d0 up
ip addr add 10.0.0.1/24 dev d0
out=$(mktemp)
listen() { ip "$@" > "$out" 2>&1 & sleep 2; }
heard() {
  sleep 1; kill $!; wait $! 2>/dev/null; echo "== $1"
  sed -E 's/^\[[0-9-]{10}T[0-9:]{8}\.[0-9]{6}\]/[DATE]/; s/^Timestamp: [A-Z][a-z]{2} [A-Z][a-z]{2} +[0-9]+ [0-9:]{8} [0-9]{4} [0-9]+ usec/Timestamp: DATE/' "$out"
}
listen monitor
ip addr add 10.1.0.1/24 dev d0
heard "monitor"
listen monitor all
ip addr del 10.1.0.1/24 dev d0
ip link set d0 alias text
heard "monitor all"
listen -ts monitor rule label
ip rule add from 1.1.1.1 table 5
ip rule del table 5
heard "-ts monitor rule label"
listen -t monitor neigh
ip neigh add 10.0.0.9 lladdr 2:0:0:0:0:9 dev d0
heard "-t monitor neigh"
