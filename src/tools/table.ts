// Every network tool by name: one part of a machine's table of executables.
import type { Executable, Machine } from '../uapi/program.ts'
import { arping } from './arping/arping.ts'
import { cat } from './cat.ts'
import { conntrack } from './conntrack/conntrack.ts'
import { curl } from './curl/curl.ts'
import { dmesg } from './dmesg/dmesg.ts'
import { dig } from './dns/dig.ts'
import { dnsmasq } from './dns/dnsmasq.ts'
import { getent } from './dns/getent.ts'
import { host } from './dns/host.ts'
import { python3 } from './http_server/http_server.ts'
import { ip } from './ip/ip.ts'
import { ipset } from './ipset/ipset.ts'
import { iptables } from './iptables/iptables.ts'
import { xtablesMulti } from './iptables/multi.ts'
import { iptablesRestore } from './iptables/restore.ts'
import { iptablesSave } from './iptables/save.ts'
import { nc } from './nc/nc.ts'
import { ping } from './ping/ping.ts'
import { socat } from './socat/socat.ts'
import { ss } from './ss/ss.ts'
import { sysctl } from './sysctl/sysctl.ts'
import { tcpdump } from './tcpdump.ts'
import { textTools } from './text/table.ts'

function machine<S>(m: Machine<S>): Executable {
  return Object.freeze({ kind: 'machine', machine: m as unknown as Machine<unknown> })
}

export const tools: Readonly<Record<string, Executable>> = Object.freeze({
  arping: machine(arping),
  cat: machine(cat),
  conntrack: machine(conntrack),
  curl: machine(curl),
  dig: machine(dig),
  dmesg: Object.freeze({ kind: 'main', main: dmesg }),
  dnsmasq: machine(dnsmasq),
  getent: machine(getent),
  host: machine(host),
  ip: Object.freeze({ kind: 'main', main: ip }),
  ipset: Object.freeze({ kind: 'main', main: ipset }),
  iptables: Object.freeze({ kind: 'main', main: iptables }),
  'iptables-legacy': Object.freeze({ kind: 'main', main: iptables }),
  'iptables-legacy-restore': Object.freeze({ kind: 'main', main: iptablesRestore }),
  'iptables-legacy-save': Object.freeze({ kind: 'main', main: iptablesSave }),
  'iptables-restore': Object.freeze({ kind: 'main', main: iptablesRestore }),
  'iptables-save': Object.freeze({ kind: 'main', main: iptablesSave }),
  nc: machine(nc),
  netcat: machine(nc),
  ping: machine(ping),
  ping4: machine(ping),
  python3: machine(python3),
  socat: machine(socat),
  ss: Object.freeze({ kind: 'main', main: ss }),
  sysctl: Object.freeze({ kind: 'main', main: sysctl }),
  tcpdump: machine(tcpdump),
  'xtables-legacy-multi': Object.freeze({ kind: 'main', main: xtablesMulti }),
  ...textTools,
})
