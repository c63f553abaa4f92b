import { Host } from 'netsim'
const LAB = `ip netns add ns1
ip link add v0 type veth peer name v1 netns ns1
ip addr add 10.0.0.1/24 dev v0; ip link set v0 up
ip -n ns1 addr add 10.0.0.2/24 dev v1; ip -n ns1 link set v1 up; ip -n ns1 link set lo up`
const h = new Host('node1')
h.sh(LAB)
const n = h.netns('ns1')
const tryit = (w: string, f: () => any) => { try { const t = f(); console.log(w, '→', t.verdict, t.drops?.map((d: any) => d.reason), t.events?.map((e: any) => e.kind+':'+e.packet + (e.errno ?? '')).slice(0,8).join(' ')); console.log('   ', String(t).split('\n')[0]) } catch (e) { console.log(w, 'threw', String(e).slice(0,150), (e as any).constructor.name) } }
const any = (x: any) => x
tryit('unroutable', () => n.send({ udp: { dst: '192.0.2.1', dport: 1 } }))
tryit('src', () => n.send({ udp: { dst: '10.0.0.1', src: '1.2.3.4', dport: 1 } }))
tryit('srcbad', () => n.send({ udp: { dst: '10.0.0.1', src: '1.2.3', dport: 1 } }))
tryit('dev', () => n.send({ udp: { dst: '10.0.0.1', dev: 'nope', dport: 1 } }))
tryit('ttl', () => n.send({ udp: { dst: '10.0.0.1', ttl: 999, dport: 1 } }))
tryit('ttl0', () => n.send({ udp: { dst: '10.0.0.1', ttl: 0, dport: 1 } }))
tryit('ttl1.5', () => n.send({ udp: { dst: '10.0.0.1', ttl: 1.5, dport: 1 } }))
tryit('tos', () => n.send({ udp: { dst: '10.0.0.1', tos: 999, dport: 1 } }))
tryit('mark', () => n.send({ udp: { dst: '10.0.0.1', mark: -5, dport: 1 } }))
tryit('big', () => n.send({ udp: { dst: '10.0.0.1', data: new Uint8Array(70000), dport: 1 } }))
tryit('df', () => n.send({ udp: { dst: '10.0.0.1', data: new Uint8Array(3000), df: true, dport: 1 } }))
tryit('frag', () => n.send({ udp: { dst: '10.0.0.1', data: new Uint8Array(3000), dport: 1 } }))
tryit('port', () => n.send({ udp: { dst: '10.0.0.1', dport: 70000 } }))
tryit('noport', () => n.send(any({ udp: { dst: '10.0.0.1' } })))
tryit('empty', () => n.send(any({})))
tryit('null', () => n.send(any(null)))
tryit('two', () => n.send(any({ udp: { dst: '10.0.0.1', dport: 1 }, tcp: { dst: '10.0.0.1', dport: 2 } })))
tryit('nodst', () => n.send(any({ udp: { dport: 1 } })))
tryit('tcp unroutable', () => n.send({ tcp: { dst: '192.0.2.1', dport: 1 } }))
tryit('tcp nobody', () => n.send({ tcp: { dst: '10.0.0.77', dport: 1 } }))
tryit('icmp nobody', () => n.send({ icmp: { dst: '10.0.0.77' } }))
tryit('icmp unroutable', () => n.send({ icmp: { dst: '192.0.2.1' } }))
tryit('lo', () => n.send({ icmp: { dst: '127.0.0.1' } }))
tryit('self', () => n.send({ icmp: { dst: '10.0.0.2' } }))
tryit('bcast', () => n.send({ icmp: { dst: '10.0.0.255' } }))
tryit('mcast', () => n.send({ udp: { dst: '239.1.1.1', dport: 4, dev: 'v1' } }))
tryit('0', () => n.send({ udp: { dst: '0.0.0.0', dport: 4 } }))
tryit('inject nodev', () => n.inject('nope', new Uint8Array(60)))
tryit('inject empty', () => n.inject('v1', new Uint8Array(0)))
tryit('inject garbage', () => n.inject('v1', any('hello')))
tryit('inject null', () => n.inject('v1', any(null)))
tryit('inject {}', () => n.inject('v1', any({})))
tryit('inject lo', () => n.inject('lo', new Uint8Array(60)))
n.down('v1')
tryit('inject down', () => n.inject('v1', new Uint8Array(60)))
tryit('send down', () => n.send({ icmp: { dst: '10.0.0.1' } }))
n.up('v1')
const o = { 'limit -1': () => h.trace({ limit: -1 }), 'run -1': () => h.run(-1), 'run NaN': () => h.run(NaN), 'run str': () => h.run(any('x')), netns: () => h.netns('zz'), addNetns: () => h.addNetns('ns1'), addNetnsBad: () => h.addNetns('a/b'), 'addLink': () => n.addLink({kind: any('nokind'), name: 'x'}), addLinkName: () => n.addLink({kind:'dummy', name:'toolongnameforalinkx'}),
 addr: () => n.addAddress('v1', '10.0.0.300/24'), addr2: () => n.addAddress('v1','10.0.0.2/24'), addr3: () => n.addAddress('nope','10.0.0.2/24'), route: () => n.addRoute({dst:'default', via: '99.1.1.1'}), route2: () => n.addRoute({dst: '1.2.3.4/33'}), route3: () => n.addRoute({dst:'10.5.0.0/16', table:'nope', dev:'v1'}), route4: () => n.deleteRoute({dst:'10.5.0.0/16'}),
 rule: () => n.deleteRule({pref: 77}), neigh: () => n.addNeighbour('v1','10.0.0.9',{lladdr:'zz'}), neigh2: () => n.deleteNeighbour('v1','10.0.0.99'), sysctl: () => n.sysctl('net.ipv4.nope'), sysctl2: () => n.sysctl('kernel.hostname'), sysctl3: () => n.setSysctl('net.ipv4.ip_forward','x'), sysctl4: () => n.setSysctl('net.ipv4.ip_forward', 1), link: () => n.link('nope'), setLink: () => n.setLink('v1',{mtu: 5}), setLinkNs: () => n.setLink('v1',{netns:'nope'}), mac: () => n.setLink('v1',{address:'1:2'}), routeTo: () => n.routeTo('9.9.9.9'), req: () => n.request(any('no.such'), any({})), req2: () => n.request('link.get', any({})), req3: () => n.request('link.add', any(null)), startbad: () => h.start('nosuch'), startempty: () => h.start(''), exec: () => h.exec('exit 3'), execsyntax: () => h.exec('if'), shnull: () => h.sh(any(null)), backtoo: () => h.back(1e9), ping: () => n.ping('zz'), ping2: () => n.ping('10.0.0.1', {count: 0}), pingopt: () => n.ping('10.0.0.1',{size: 70000}), pingNaN: () => n.ping('10.0.0.1',{count: NaN}) }
for (const [k, f] of Object.entries(o)) { try { const r = (f as any)(); console.log(k, 'ok', r?.error ?? r?.exitCode ?? '') } catch (e) { console.log(k, 'threw', (e as any).constructor.name, String(e).replaceAll('\n', '|').slice(0,140)) } }
