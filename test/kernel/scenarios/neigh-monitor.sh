# What `ip monitor neigh` hears of requests and of a device that changes its address.
ip link add v0 type veth peer name v1
ip link set v0 up
ip link set v1 up
ip addr add 10.0.0.1/24 dev v0
ip -4 monitor neigh > mon.txt &
sleep 0.5
ip neigh add 10.0.0.9 dev v0 lladdr 02:00:00:00:00:09
ip neigh change 10.0.0.9 dev v0 lladdr 02:00:00:00:00:0a
ip neigh change 10.0.0.9 dev v0 lladdr 02:00:00:00:00:0a
ip neigh replace 10.0.0.10 dev v0 lladdr 02:00:00:00:00:0b nud stale
ip neigh add 10.0.0.11 dev v0 nud failed
ip neigh add 10.0.0.12 dev v0 router lladdr 02:00:00:00:00:0c
ip neigh replace 10.0.0.12 dev v0 lladdr 02:00:00:00:00:0c
ip neigh add 10.0.0.13 dev v0 extern_learn lladdr 02:00:00:00:00:0d nud stale
ip neigh del 10.0.0.9 dev v0
ip neigh del 10.0.0.10 dev v0
ip neigh del 10.0.0.11 dev v0
ip neigh del 10.0.0.12 dev v0
ip link set v0 address 02:00:00:00:00:77
sleep 0.5
kill %1
cat mon.txt
rm mon.txt
