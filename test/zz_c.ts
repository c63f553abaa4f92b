import { Host } from 'netsim'
const LAB = `ip netns add ns1
ip link add v0 type veth peer name v1 netns ns1
ip addr add 10.0.0.1/24 dev v0; ip link set v0 up
ip -n ns1 addr add 10.0.0.2/24 dev v1; ip -n ns1 link set v1 up; ip -n ns1 link set lo up`
const h = new Host('node1')
h.sh(LAB)
const errs = new Set<string>()
const stop = h.onEvent(() => { for (const f of [() => h.snapshot(), () => h.exec('ip link'), () => h.fork()]) try { f() } catch (e) { errs.add(String(e)) } })
console.log(h.sh('ping -c1 10.0.0.2; ip netns exec ns1 ping -c 1 10.0.0.1 >/dev/null').output); 
stop()
console.log([...errs])
errs.clear(); const stop2 = h.onEvent(() => { try { h.snapshot() } catch (e) { errs.add(String(e)) } }); h.root.ping('10.0.0.2'); stop2(); console.log([...errs])
// typed vs goTo
const p0 = h.position
const a = h.sh('for i in 1 2 3; do ping -c1 -W1 10.0.0.2; done; ip link add zz type dummy; ip link set zz up; ping -c1 10.0.0.99')
const end = h.position
const dump = () => h.fork().sh('ip -s link; ip neigh; ip route; ip -n ns1 neigh').output
const d1 = dump(); 
h.goTo(p0 + 9)
h.run(0.5)
const here = h.position
console.log(here - p0, end - p0)
h.run(30)
h.back(h.position - here); 
console.log(h.position - p0, h.now)
h.run(30)
console.log(dump() === d1, dump() , d1)
