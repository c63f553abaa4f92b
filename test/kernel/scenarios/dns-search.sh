# needs: dnsmasq dig host
# The search list, ndots, and what ends a search.
ip netns add s; ip netns add c
ip link add vs netns s type veth peer name vc netns c
ip -n s addr add 10.0.0.2/24 dev vs; ip -n s link set vs up; ip -n s link set lo up
ip -n c addr add 10.0.0.1/24 dev vc; ip -n c link set vc up; ip -n c link set lo up
mkdir -p /etc/netns/c
printf '127.0.0.1 localhost\n' >/etc/netns/c/hosts
ip netns exec s dnsmasq -k -R -h -a 10.0.0.2 --local=/test/ --local=/top/ --host-record=web.b.test,10.0.0.2 --host-record=web.x.b.test,10.0.0.2 --cname=note.a.test,gone.test >/dev/null 2>&1 &
sleep 1
ask() {
  echo "== $conf: $*"
  printf "nameserver 10.0.0.2\n$conf" >/etc/netns/c/resolv.conf
  ip netns exec s tcpdump --immediate-mode -n -i vs -w /tmp/cap port 53 >/dev/null 2>&1 &
  local pid=$!
  sleep 0.4
  ip netns exec c "$@" 2>&1
  echo "rc=$?"
  sleep 0.2
  kill $pid; wait $pid
  tcpdump -n -r /tmp/cap 2>/dev/null | grep -F '? '
}
conf='search a.test b.test\n'
ask getent ahostsv4 web
ask getent ahosts web
ask getent ahostsv4 web.x
ask getent ahostsv4 web.
ask getent ahostsv4 none
ask getent ahostsv4 none.x
ask getent ahostsv4 note
ask ping -c 1 web
ask ping -c 1 note
ask ping -c 1 none
ask dig +short web
ask dig +search +short web
ask dig +search +noall +answer web.x
ask dig +search +noall +comments none
ask host web
ask host web.x
ask host none
ask host none.x
ask host web.
conf='search a.test b.test\noptions ndots:2\n'
ask getent ahostsv4 web.x
ask getent ahostsv4 none.x
ask host web.x
ask host -N 1 none.x
conf='domain b.test\n'
ask getent ahostsv4 web
ask host web
conf='search refused b.test\n'
ask getent ahostsv4 web
ask host web
conf='search a.test\nsearch b.test\n'
ask getent ahostsv4 web
conf='domain b.test\nsearch a.test\n'
ask getent ahostsv4 web
