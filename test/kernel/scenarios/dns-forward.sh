# needs: dnsmasq dig host
# dnsmasq that passes on what it does not know: --server, --server=/domain/, --local, its cache, and its log.
for n in c f u1 u2; do ip netns add $n; ip -n $n link set lo up; done
ip link add vc netns c type veth peer name fc netns f
ip link add w1 netns u1 type veth peer name f1 netns f
ip link add w2 netns u2 type veth peer name f2 netns f
ip -n c addr add 10.0.0.1/24 dev vc; ip -n c link set vc up
ip -n f addr add 10.0.0.2/24 dev fc; ip -n f link set fc up
ip -n f addr add 10.0.1.1/24 dev f1; ip -n f link set f1 up
ip -n f addr add 10.0.2.1/24 dev f2; ip -n f link set f2 up
ip -n u1 addr add 10.0.1.2/24 dev w1; ip -n u1 link set w1 up
ip -n u2 addr add 10.0.2.2/24 dev w2; ip -n u2 link set w2 up
mkdir -p /etc/netns/c /etc/netns/f
echo 'nameserver 10.0.0.2' >/etc/netns/c/resolv.conf
printf '127.0.0.1 localhost\n10.0.0.2 gateway.test\n' >/etc/netns/f/hosts
ip netns exec u1 dnsmasq -k -R -h -a 10.0.1.2 -T 60 --local=/one/ --host-record=www.one,10.0.1.2 --cname=alias.one,www.one >/dev/null 2>&1 &
ip netns exec u2 dnsmasq -k -R -h -a 10.0.2.2 --local=/two/ --address=/two/10.0.2.2 >/dev/null 2>&1 &
ip netns exec f dnsmasq -d -R -q -a 10.0.0.2 --server=10.0.1.2 --server=/two/10.0.2.2 --server=/dead/10.0.2.9 --server=/closed/10.0.2.2#5353 --server=/noroute/10.77.0.1 --local=/test/ --address=/block/0.0.0.0 --address=/nx/ 2>>/tmp/log &
sleep 1
ask() {
  echo "== $*"
  ip netns exec u1 tcpdump --immediate-mode -n -i w1 -w /tmp/cap port 53 >/dev/null 2>&1 &
  local pid=$!
  : >/tmp/log
  sleep 0.4
  ip netns exec c "$@" 2>&1
  echo "rc=$?"
  sleep 0.2
  kill $pid; wait $pid
  cat /tmp/log
  tcpdump -n -r /tmp/cap 2>/dev/null | cut -d' ' -f2-
}
ask dig +noall +comments +answer www.one
ask dig +noall +comments +answer +nottlid www.one
ask dig +noall +comments +answer alias.one
ask dig +noall +comments +answer nothere.one
ask dig +noall +comments +answer nothere.one
ask dig +noall +comments +answer www.two
ask dig +noall +comments +answer gateway.test
ask dig +noall +comments +answer nothere.test
ask dig +noall +comments +answer ads.block
ask dig +noall +comments +answer name.nx
ask dig +noall +comments +answer something.else
ask dig +noall +comments +answer +time=2 +tries=1 name.closed
ask dig +noall +comments +answer +time=2 +tries=1 name.noroute
ask dig +noall +comments +answer -x 10.0.0.2
ask dig +noall +comments +answer -x 10.0.1.2
ask host www.one
ask getent ahosts www.one
ask ping -c 1 alias.one
