# ip neigh calls exit(2) when the kernel refuses: a batch ends there, even with -force.
# native
ip link add e0 address 02:00:00:00:00:01 type veth peer name e1
ip link set e0 up
for verb in add del change; do
  echo "== $verb"
  ip -force -batch - 2>&1 <<X
neigh add 10.0.0.2 lladdr 02:00:00:00:00:99 dev e0
neigh $verb 10.0.0.3 lladdr 02:00:00:00:00:98 dev e0
neigh add 10.0.0.2 lladdr 02:00:00:00:00:97 dev e0
neigh add 10.0.0.4 lladdr 02:00:00:00:00:96 dev e0
X
  echo "rc=$?"
  ip neigh show nud permanent | sort
  ip neigh flush all nud permanent
done
echo "== a proxy"
printf 'neigh del proxy 10.0.0.9 dev e0\nneigh add 10.0.0.5 lladdr 02:00:00:00:00:95 dev e0\n' | ip -force -batch - 2>&1
echo "rc=$?"
ip neigh show nud permanent
echo "== a route goes on"
printf 'route del 10.9.0.0/16\nneigh add 10.0.0.5 lladdr 02:00:00:00:00:95 dev e0\n' | ip -force -batch - 2>&1
echo "rc=$?"
ip neigh show nud permanent
