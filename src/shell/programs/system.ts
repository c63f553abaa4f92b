// Programs that say or set something of the machine: hostname, uname, id, whoami, date, nproc, modprobe, umount …
// Leaves out setting the clock (refused by name).
import { strerror } from '../../lib/errno.ts'
import { OS_RELEASE } from '../../os/procfs.ts'
import { processOf } from '../../os/sys.ts'
import type { Main } from '../../uapi/program.ts'
import { dateText } from './date_format.ts'
import { parseOptions } from './options.ts'

export const yes0: Main = () => 0
export const no1: Main = () => 1

export const hostname: Main = (sys, argv) => {
  const o = parseOptions(sys, argv, { short: { s: false, f: false, i: false, I: false, d: false, F: true } })
  if (typeof o === 'number') return o
  if (o.flags.has('i') || o.flags.has('I')) {
    sys.write(2, 'hostname: -i and -I are not modelled by netsim\n')
    return 1
  }
  const file = o.flags.get('F')
  const name =
    file === undefined ? o.args[0] : (/^[^\n#]+/m.exec(((r) => (r.ok ? r.value : ''))(sys.readFile(file)))?.[0] ?? '')
  if (name !== undefined) processOf(sys).os.setHostname(name.trim())
  else if (o.flags.has('d')) sys.write(1, '\n')
  else sys.write(1, `${o.flags.has('s') ? sys.hostname().split('.')[0] : sys.hostname()}\n`)
  return 0
}

export const uname: Main = (sys, argv) => {
  const short = { a: false, s: false, n: false, r: false, v: false, m: false, p: false, i: false, o: false }
  const o = parseOptions(sys, argv, {
    short,
    long: { all: 'a', 'kernel-name': 's', nodename: 'n', 'kernel-release': 'r', machine: 'm' },
  })
  if (typeof o === 'number') return o
  if (o.args.length > 0) {
    sys.write(2, `uname: extra operand '${o.args[0]}'\nTry 'uname --help' for more information.\n`)
    return 1
  }
  const fields: readonly [string, string][] = [
    ['s', 'Linux'],
    ['n', sys.hostname()],
    ['r', OS_RELEASE],
    ['v', '#1 SMP PREEMPT_DYNAMIC netsim'],
    ['m', 'x86_64'],
    ['p', 'unknown'],
    ['i', 'unknown'],
    ['o', 'GNU/Linux'],
  ]
  const wanted = fields.filter(([c]) => (o.flags.has('a') ? c !== 'p' && c !== 'i' : o.flags.has(c)))
  sys.write(1, `${(wanted.length === 0 ? fields.slice(0, 1) : wanted).map(([, t]) => t).join(' ')}\n`)
  return 0
}

export const id: Main = (sys, argv) => {
  const o = parseOptions(sys, argv, { short: { u: false, g: false, G: false, n: false, r: false } })
  if (typeof o === 'number') return o
  const name = (n: number): string => (n === 0 ? 'root' : n === 65534 ? 'nobody' : String(n))
  const shown = (n: number): string => (o.flags.has('n') ? name(n) : String(n))
  if (o.flags.has('u')) sys.write(1, `${shown(sys.uid)}\n`)
  else if (o.flags.has('g') || o.flags.has('G')) sys.write(1, `${shown(sys.gid)}\n`)
  else
    sys.write(
      1,
      `uid=${sys.uid}(${name(sys.uid)}) gid=${sys.gid}(${name(sys.gid)}) groups=${sys.gid}(${name(sys.gid)})\n`,
    )
  return 0
}

export const whoami: Main = (sys) => {
  sys.write(1, `${sys.uid === 0 ? 'root' : sys.uid === 65534 ? 'nobody' : String(sys.uid)}\n`)
  return 0
}

/** date -d: "@SECONDS", "now", "YYYY-MM-DD[ HH:MM[:SS]]"; null for anything else. */
function parseDate(text: string, now: number): number | null {
  if (text === 'now' || text === '') return now
  const at = /^@(-?\d+(?:\.\d+)?)$/.exec(text)
  if (at !== null) return Number(at[1]) * 1e9
  const ms = /^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?$/.test(text)
    ? Date.parse(`${text.replace(' ', 'T')}${text.length > 10 ? 'Z' : ''}`)
    : Number.NaN
  return Number.isNaN(ms) ? null : ms * 1e6
}

export const date: Main = (sys, argv) => {
  const short = { u: false, d: true, s: true, I: false, R: false, r: true }
  const o = parseOptions(sys, argv, { short, long: { utc: 'u', date: 'd', set: 's', 'iso-8601': 'I' } })
  if (typeof o === 'number') return o
  if (o.flags.has('s') || o.flags.has('r')) {
    sys.write(2, 'date: -s and -r are not modelled by netsim\n')
    return 1
  }
  const spec = o.flags.get('d')
  const ns = spec === undefined ? sys.wallClock() : parseDate(spec, sys.wallClock())
  if (ns === null) {
    sys.write(2, `date: invalid date '${spec}'\n`)
    return 1
  }
  const format = o.args[0]
  if (format !== undefined && !format.startsWith('+')) {
    sys.write(2, `date: invalid date '${format}'\n`)
    return 1
  }
  const standard = o.flags.has('I') ? '%F' : o.flags.has('R') ? '%a, %d %b %Y %T %z' : '%a %b %e %T %Z %Y'
  sys.write(1, `${dateText(format === undefined ? standard : format.slice(1), ns)}\n`)
  return 0
}

export const nproc: Main = (sys) => {
  sys.write(1, '1\n')
  return 0
}

/** Modules whose work netsim's kernel does by itself. */
const MODULES: ReadonlySet<string> = new Set(
  (
    'dummy ifb veth bridge br_netfilter vxlan ipip tunnel4 ip_tunnel macvlan ipvlan macvtap tun bonding 8021q sch_tbf sch_htb sch_netem ' +
    'sch_ingress sch_fq sch_fq_codel sch_sfq sch_red sch_prio cls_u32 cls_fw cls_bpf cls_flower act_mirred act_police ip_tables iptable_filter ' +
    'iptable_nat iptable_mangle iptable_raw nf_conntrack nf_nat nf_tables nft_compat xt_conntrack xt_nat xt_MASQUERADE xt_addrtype xt_comment ' +
    'xt_multiport xt_mark xt_statistic xt_set xt_TCPMSS ip_set ip_set_hash_ip ip_set_hash_net ip_vs ip_vs_rr ip_vs_wrr ip_vs_sh overlay'
  ).split(' '),
)

export const modprobe: Main = (sys, argv) => {
  const names = argv.slice(1).filter((a) => !a.startsWith('-'))
  const quiet = argv.includes('-q') || argv.includes('--quiet')
  const many = argv.includes('-a') || argv.includes('--all')
  let status = 0
  for (const name of many ? names : names.slice(0, 1)) {
    if (MODULES.has(name.replaceAll('-', '_'))) continue
    status = 1
    const remove = argv.includes('-r')
    const text = remove
      ? `Module ${name} not found.`
      : `Module ${name} not found in directory /lib/modules/${OS_RELEASE}`
    if (!quiet) sys.write(2, `modprobe: FATAL: ${text}\n`)
  }
  return status
}

/** A program that exists on Linux and whose subject is not simulated. */
export function refused(what: string): Main {
  return (sys, argv) => {
    sys.write(2, `${argv[0]}: ${what} not modelled by netsim\n`)
    return 1
  }
}

export const clear: Main = (sys) => {
  sys.write(1, '\x1b[H\x1b[2J\x1b[3J')
  return 0
}

export const sync: Main = () => 0

export const tty: Main = (sys) => {
  sys.write(1, sys.isatty(0) || sys.isatty(1) ? '/dev/tty\n' : 'not a tty\n')
  return sys.isatty(0) || sys.isatty(1) ? 0 : 1
}

export const printenv: Main = (sys, argv) => {
  const env = processOf(sys).proc.env
  if (argv.length === 1) {
    sys.write(1, [...env].map(([k, v]) => `${k}=${v}\n`).join(''))
    return 0
  }
  let status = 0
  for (const name of argv.slice(1)) {
    const v = env.get(name)
    if (v === undefined) status = 1
    else sys.write(1, `${v}\n`)
  }
  return status
}

/** /proc and /sys are there from the start: mounting them again is what scripts do, and it succeeds. */
export const mount: Main = (sys, argv) => {
  const type = argv.indexOf('-t')
  const kind = type < 0 ? undefined : argv[type + 1]
  if (kind === 'sysfs' || kind === 'proc') return 0
  sys.write(2, `mount: ${argv.slice(1).join(' ')}: ${strerror('EPERM')} (mounting is not modelled by netsim)\n`)
  return 32
}
