// nc's command line (netcat-openbsd 1.219, Debian): options, usage, ports, and the texts of what is wrong with them.
// Read first: nc.ts. Refused by name: -6 -D -F -S -U -V -X -x -Z -t -m -P and port names in ranges.
import { fail, type Sys } from '../../uapi/program.ts'
import { exitStatus, ToolExit } from '../lib/exit.ts'
import { getopt } from '../lib/getopt.ts'
import { servicePort } from '../lib/netdb.ts'
import { wholeNumber } from '../lib/number.ts'
import { refuse } from '../lib/refuse.ts'

export interface NcOptions {
  listen: boolean
  udp: boolean
  keep: boolean
  zero: boolean
  verbose: boolean
  numeric: boolean
  /** -4: no AAAA is asked. */
  ipv4: boolean
  shutdown: boolean
  detach: boolean
  crlf: boolean
  broadcast: boolean
  randomize: boolean
  /** Seconds between lines. */
  interval: number
  /** Seconds, -1 for none. */
  timeout: number
  /** -q, -1 for none. */
  quit: number
  receiveLimit: number
  ttl: number
  tos: number
  rcvBuf: number
  sndBuf: number
  localPort: string | null
  source: string | null
  host: string | null
  ports: string[]
}

const SYNOPSIS = `usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]
	  [-m minttl] [-O length] [-P proxy_username] [-p source_port]
	  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]
	  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]
	  [destination] [port]
`

const HELP = `	Command Summary:
		-4		Use IPv4
		-6		Use IPv6
		-b		Allow broadcast
		-C		Send CRLF as line-ending
		-D		Enable the debug socket option
		-d		Detach from stdin
		-F		Pass socket fd
		-h		This help text
		-I length	TCP receive buffer length
		-i interval	Delay interval for lines sent, ports scanned
		-k		Keep inbound sockets open for multiple connects
		-l		Listen mode, for inbound connects
		-M ttl		Outgoing TTL / Hop Limit
		-m minttl	Minimum incoming TTL / Hop Limit
		-N		Shutdown the network socket after EOF on stdin
		-n		Suppress name/port resolutions
		-O length	TCP send buffer length
		-P proxyuser	Username for proxy authentication
		-p port		Specify local port for remote connects
		-q secs		quit after EOF on stdin and delay of secs
		-r		Randomize remote ports
		-S		Enable the TCP MD5 signature option
		-s sourceaddr	Local source address
		-T keyword	TOS value
		-t		Answer TELNET negotiation
		-U		Use UNIX domain socket
		-u		UDP mode
		-V rtable	Specify alternate routing table
		-v		Verbose
		-W recvlimit	Terminate after receiving a number of packets
		-w timeout	Timeout for connects and final net reads
		-X proto	Proxy protocol: "4", "5" (SOCKS) or "connect"
		-x addr[:port]	Specify proxy address and port
		-Z		DCCP mode
		-z		Zero-I/O mode [used for scanning]
	Port numbers can be individual or ranges: lo-hi [inclusive]
`

const TOS_NAMES: Readonly<Record<string, number>> = Object.freeze({
  af11: 0x28,
  af12: 0x30,
  af13: 0x38,
  af21: 0x48,
  af22: 0x50,
  af23: 0x58,
  af31: 0x68,
  af32: 0x70,
  af33: 0x78,
  af41: 0x88,
  af42: 0x90,
  af43: 0x98,
  critical: 0xa0,
  cs0: 0,
  cs1: 0x20,
  cs2: 0x40,
  cs3: 0x60,
  cs4: 0x80,
  cs5: 0xa0,
  cs6: 0xc0,
  cs7: 0xe0,
  ef: 0xb8,
  inetcontrol: 0xc0,
  lowdelay: 0x10,
  netcontrol: 0xe0,
  reliability: 4,
  throughput: 8,
})

/** OpenBSD's strtonum with nc's words. */
function strtonum(text: string, min: number, max: number, what: string): number {
  const n = wholeNumber(text)
  if (n === null) throw new ToolExit(`nc: ${what} invalid: ${text}\n`, 1)
  if (n < min) throw new ToolExit(`nc: ${what} too small: ${text}\n`, 1)
  if (n > max) throw new ToolExit(`nc: ${what} too large: ${text}\n`, 1)
  return n
}

function tosValue(text: string): number {
  const named = TOS_NAMES[text.toLowerCase()]
  if (named !== undefined) return named
  const n = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : -1
  if (n < 0 || n > 255) throw new ToolExit(`nc: illegal tos value ${text}\n`, 1)
  return n
}

const FLAGS: Readonly<Record<string, keyof NcOptions>> = Object.freeze({
  b: 'broadcast',
  C: 'crlf',
  d: 'detach',
  k: 'keep',
  l: 'listen',
  N: 'shutdown',
  n: 'numeric',
  r: 'randomize',
  u: 'udp',
  v: 'verbose',
  z: 'zero',
})

const REFUSED = '6DFmPStUXxZ'

function apply(o: NcOptions, opt: string, arg: string): void {
  const flag = FLAGS[opt]
  if (flag !== undefined) {
    ;(o as unknown as Record<string, boolean>)[flag] = true
    return
  }
  if (REFUSED.includes(opt)) refuse('nc', `option -${opt}`, 1)
  switch (opt) {
    case 'V':
      throw new ToolExit('nc: no alternate routing table support available\n', 1)
    case 'I':
      o.rcvBuf = strtonum(arg, 1, 1073741824, 'TCP receive window')
      return
    case 'O':
      o.sndBuf = strtonum(arg, 1, 1073741824, 'TCP send window')
      return
    case 'i':
      o.interval = strtonum(arg, 0, 4294967295, 'interval')
      return
    case 'M':
      o.ttl = strtonum(arg, 0, 255, 'ttl')
      return
    case 'p':
      o.localPort = arg
      return
    case 'q':
      o.quit = strtonum(arg, -2147483648, 2147483647, 'quit timer')
      if (o.quit >= 0) o.shutdown = true
      return
    case 's':
      o.source = arg
      return
    case 'T':
      o.tos = tosValue(arg)
      return
    case 'W':
      o.receiveLimit = strtonum(arg, 1, 2147483647, 'receive limit')
      return
    case 'w':
      o.timeout = strtonum(arg, 0, 2147483, 'timeout')
  }
}

/** A port, a name or "lo-hi": the list that is tried in order. */
function buildPorts(sys: Sys, o: NcOptions, text: string): void {
  const named = servicePort(text, o.udp ? 'udp' : 'tcp')
  const dash = text.indexOf('-', 1)
  if (named !== null) o.ports = [String(named)]
  else if (dash < 0) o.ports = [String(strtonum(text, 1, 65535, 'port number'))]
  else {
    const a = strtonum(text.slice(0, dash), 1, 65535, 'port number')
    const b = strtonum(text.slice(dash + 1), 1, 65535, 'port number')
    for (let p = Math.min(a, b); p <= Math.max(a, b); p++) o.ports.push(String(p))
    if (!o.randomize) return
    for (let i = o.ports.length - 1; i > 0; i--) {
      const k = Math.floor(sys.random() * (i + 1))
      const t = o.ports[i]!
      o.ports[i] = o.ports[k]!
      o.ports[k] = t
    }
  }
}

/** What destination and port mean with and without -l. */
function operands(sys: Sys, o: NcOptions, rest: readonly string[]): void {
  if (rest.length > 2 || (rest.length === 0 && !o.listen)) throw new ToolExit(SYNOPSIS, 1)
  let port = rest.length === 2 ? rest[1]! : (rest[0] ?? null)
  o.host = rest.length === 2 ? rest[0]! : null
  if (!o.listen && rest.length === 1) throw new ToolExit('nc: missing port number\n', 1)
  if (o.listen) {
    if (o.localPort !== null && rest.length > 0) throw new ToolExit(SYNOPSIS, 1)
    if (rest.length === 0) {
      o.host = o.source
      port = o.localPort
      if (port === null) throw new ToolExit('nc: missing port number\n', 1)
    } else if (o.source !== null) throw new ToolExit('nc: cannot use -s and -l\n', 1)
    if (o.zero) throw new ToolExit('nc: cannot use -z and -l\n', 1)
    o.ports = [port!]
    return
  }
  if (o.keep) throw new ToolExit('nc: must use -l with -k\n', 1)
  buildPorts(sys, o, port!)
}

export function parseNc(sys: Sys, argv: readonly string[]): NcOptions | number {
  const o: NcOptions = {
    listen: false,
    udp: false,
    keep: false,
    zero: false,
    verbose: false,
    numeric: false,
    ipv4: false,
    shutdown: false,
    detach: false,
    crlf: false,
    broadcast: false,
    randomize: false,
    interval: 0,
    timeout: -1,
    quit: -1,
    receiveLimit: 0,
    ttl: -1,
    tos: -1,
    rcvBuf: 0,
    sndBuf: 0,
    localPort: null,
    source: null,
    host: null,
    ports: [],
  }
  const { items, rest } = getopt(['nc', ...argv.slice(1)], '46bCDdFhI:i:klM:m:NnO:P:p:q:rSs:T:tUuV:vW:w:X:x:Zz')
  try {
    for (const item of items) {
      if (item.error !== null) throw new ToolExit(item.error + SYNOPSIS, 1)
      if (item.opt === 'h') return fail(sys, `OpenBSD netcat (Debian patchlevel 1.219-1)\n${SYNOPSIS}${HELP}`, 0)
      if (item.opt === '4') o.ipv4 = true
      else apply(o, item.opt, item.arg ?? '')
    }
    operands(sys, o, rest)
    return o
  } catch (e) {
    return exitStatus(sys, e)
  }
}
