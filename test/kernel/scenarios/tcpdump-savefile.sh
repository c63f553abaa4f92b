# One savefile with given times, printed in every form of time; filters, names, counts, a file that is cut short, one that is copied.
export TZ=UTC
cd "$(mktemp -d)"
base64 -d >a.pcap <<'E'
1MOyoQIABAAAAAAAAAAAAAAABAABAAAAWPECawAAAABiAAAAYgAAAF6ijwaloUqCjYf3lQgARQAA
VAABQABAASamCgAAAQoAAAIIAPexAE0AAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAWPECayChBwBiAAAAYgAAAEqCjYf3lV6ijwaloQgARQAA
VAABQABAASamCgAAAgoAAAEAAP+xAE0AAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAWfECawAAAABiAAAAYgAAAF6ijwaloUqCjYf3lQgARQAA
VAABQABAASamCgAAAQoAAAIIAPewAE0AAgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA2kIEa5HQAwBiAAAAYgAAAEqCjYf3lV6ijwaloQgARQAA
VAABQABAASamCgAAAgoAAAEAAP+wAE0AAgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
E
show() { echo "== $*"; tcpdump -r a.pcap "$@" 2>&1 | tr . ,; echo "rc=${PIPESTATUS[0]}"; }
show -n
for o in -t -tt -ttt -tttt -ttttt '-#' -q '--number -t' -e -v '-c 1' -x -A; do show -n $o; done
show -n -t 'icmp[0] = 0'
show -n -t src host 10.0.0.1
show --count -n
head -c 50 a.pcap >cut.pcap
echo "== cut short"; tcpdump -n -r cut.pcap; echo "rc=$?"
echo "== copied"
tcpdump -n -r a.pcap -w b.pcap 'icmp[0] = 8'; echo "rc=$?"; wc -c <b.pcap; tcpdump -n -t -r b.pcap
tcpdump -n -r a.pcap -w c.pcap -c 1; echo "rc=$?"; wc -c <c.pcap
echo "== names"
printf '127.0.0.1 localhost\n10.0.0.1 client\n10.0.0.2 server server.example # here\n' >/etc/hosts
tcpdump -t -r a.pcap 'dst host server.example'; echo "rc=$?"
tcpdump -n -t -r a.pcap 'dst host server.example' 2>&1; echo "rc=$?"
