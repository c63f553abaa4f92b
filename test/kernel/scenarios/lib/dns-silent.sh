ip netns add s; ip netns add c
ip link add vs netns s type veth peer name vc netns c
for i in 2 3 4 5; do ip -n s addr add 10.0.0.$i/24 dev vs; done
ip -n s link set vs up; ip -n s link set lo up
ip netns exec s sysctl -qw net.ipv4.icmp_ratelimit=0
ip -n c addr add 10.0.0.1/24 dev vc; ip -n c link set vc up; ip -n c link set lo up
mkdir -p /etc/netns/c
printf '127.0.0.1 localhost\n' >/etc/netns/c/hosts
ip netns exec s dnsmasq -k -R -h -z -a 10.0.0.2 --local=/test/ --host-record=one.test,10.0.0.2 >/dev/null 2>&1 &
ip netns exec s nc -d -u -l -k 10.0.0.3 53 >/dev/null 2>&1 &
ip netns exec s nc -d -u -l -k 10.0.0.4 53 >/dev/null 2>&1 &
sleep 1
ask() {
  echo "== $conf: $*"
  printf "$conf" >/etc/netns/c/resolv.conf
  ip netns exec c tcpdump --immediate-mode -n -i vc -w /tmp/cap port 53 >/dev/null 2>&1 &
  local pid=$!
  sleep 0.4
  ip netns exec c "$@" 2>&1
  echo "rc=$?"
  sleep 0.2
  kill $pid; wait $pid
  tcpdump -tt -n -r /tmp/cap 2>/dev/null | grep -F '? ' | awk '{ if (!s) s = $1; printf "%.0f", $1 - s; $1 = ""; print }'
}
