// ping's command line (iputils 20221126): options, their checks, texts and exit codes.
// Read first: ping.ts. Refused by name: -6 -F -N (IPv6), -R -T (IP options), -r (SO_DONTROUTE), several hops.
import { type Ip4, parseIp4 } from '../../lib/ip4.ts'
import type { Sys } from '../../uapi/program.ts'
import { exitStatus, ToolExit } from '../lib/exit.ts'
import { getopt, type OptionItem } from '../lib/getopt.ts'
import { checkedNumber, INT_MAX, leadingDouble } from '../lib/number.ts'
import { refuse } from '../lib/refuse.ts'

export interface PingOptions {
  count: number
  /** Milliseconds. */
  interval: number
  preload: number
  /** Milliseconds to wait for the first reply after the last probe (-W). */
  linger: number
  /** Seconds, 0 for none (-w). */
  deadline: number
  size: number
  ttl: number
  tos: number
  mark: number
  pmtudisc: number
  sndbuf: number
  /** -e, or -1. */
  ident: number
  source: Ip4
  strictSource: boolean
  device: string
  /** Bytes of -p, or null for the counting pattern. */
  pattern: readonly number[] | null
  broadcast: boolean
  flood: boolean
  adaptive: boolean
  audible: boolean
  connect: boolean
  timestamps: boolean
  noLoop: boolean
  numeric: boolean
  outstanding: boolean
  quiet: boolean
  verbose: boolean
  target: string
}

const VERSION_TEXT = `ping from iputils 20221126
libcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes
`

export const PING_USAGE = `
Usage
  ping [options] <destination>

Options:
  <destination>      dns name or ip address
  -a                 use audible ping
  -A                 use adaptive ping
  -B                 sticky source address
  -c <count>         stop after <count> replies
  -C                 call connect() syscall on socket creation
  -D                 print timestamps
  -d                 use SO_DEBUG socket option
  -e <identifier>    define identifier for ping session, default is random for
                     SOCK_RAW and kernel defined for SOCK_DGRAM
                     Imply using SOCK_RAW (for IPv4 only for identifier 0)
  -f                 flood ping
  -h                 print help and exit
  -I <interface>     either interface name or address
  -i <interval>      seconds between sending each packet
  -L                 suppress loopback of multicast packets
  -l <preload>       send <preload> number of packages while waiting replies
  -m <mark>          tag the packets going out
  -M <pmtud opt>     define mtu discovery, can be one of <do|dont|want>
  -n                 no dns name resolution
  -O                 report outstanding replies
  -p <pattern>       contents of padding byte
  -q                 quiet output
  -Q <tclass>        use quality of service <tclass> bits
  -s <size>          use <size> as number of data bytes to be sent
  -S <size>          use <size> as SO_SNDBUF socket option value
  -t <ttl>           define time to live
  -U                 print user-to-user latency
  -v                 verbose output
  -V                 print version and exit
  -w <deadline>      reply wait <deadline> in seconds
  -W <timeout>       time to wait for response

IPv4 options:
  -4                 use IPv4
  -b                 allow pinging broadcast
  -R                 record route
  -T <timestamp>     define timestamp, can be one of <tsonly|tsandaddr|tsprespec>

IPv6 options:
  -6                 use IPv6
  -F <flowlabel>     define flow label, default is random
  -N <nodeinfo opt>  use icmp6 node info query, try <help> as argument

For more details see ping(8).
`

function defaults(): PingOptions {
  return {
    count: 0,
    interval: 1000,
    preload: 1,
    linger: 10_000,
    deadline: 0,
    size: 56,
    ttl: -1,
    tos: 0,
    mark: -1,
    pmtudisc: -1,
    sndbuf: 0,
    ident: -1,
    source: 0,
    strictSource: false,
    device: '',
    pattern: null,
    broadcast: false,
    flood: false,
    adaptive: false,
    audible: false,
    connect: false,
    timestamps: false,
    noLoop: false,
    numeric: false,
    outstanding: false,
    quiet: false,
    verbose: false,
    target: '',
  }
}

function stop(text: string, code = 2): ToolExit {
  return new ToolExit(`ping: ${text}\n`, code)
}

function number(text: string, min: number, max: number): number {
  const n = checkedNumber(text, min, max)
  if (typeof n === 'string') throw stop(n, 1)
  return n
}

/** Seconds with a fraction (-i, -W): garbage is warned about and ignored. */
function seconds(sys: Sys, text: string, what: string): number {
  const { value, rest } = leadingDouble(text)
  if (text === '') throw stop(`${what}: `)
  if (rest !== '') {
    sys.write(2, `ping: option argument contains garbage: ${rest}\nping: this will become fatal error in the future\n`)
  }
  if (!Number.isFinite(value)) throw stop(`${what}: ${text}: Numerical result out of range`)
  if (value > INT_MAX / 1000) throw stop(`${what}: ${text}`)
  return value
}

function tos(text: string): number {
  const hex = /^0x/i.test(text)
  const digits = hex ? text.slice(2) : text
  if (!(hex ? /^[0-9a-f]*$/i : /^[+-]?\d*$/).test(digits)) throw stop(`bad TOS value: ${text}`)
  const value = digits === '' ? 0 : Number.parseInt(digits, hex ? 16 : 10)
  if (value > 255) throw stop(`the decimal value of TOS bits must be in range 0-255: ${value}`)
  return value
}

function pattern(text: string): number[] {
  const bad = /[^0-9a-f]/i.exec(text)
  if (bad !== null) throw stop(`patterns must be specified as hex digits: ${text.slice(bad.index)}`)
  return (text.slice(0, 32).match(/..?/g) ?? []).map((h) => Number.parseInt(h, 16))
}

const PMTUDISC: Readonly<Record<string, number>> = Object.freeze({ dont: 0, want: 1, do: 2 })

/** Options that only switch something on. */
const FLAGS: Readonly<Record<string, keyof PingOptions>> = Object.freeze({
  a: 'audible',
  A: 'adaptive',
  b: 'broadcast',
  B: 'strictSource',
  C: 'connect',
  D: 'timestamps',
  L: 'noLoop',
  n: 'numeric',
  O: 'outstanding',
  q: 'quiet',
  v: 'verbose',
})

function applyValue(sys: Sys, o: PingOptions, opt: string, arg: string): void {
  switch (opt) {
    case 'c':
      o.count = number(arg, 1, Number.MAX_VALUE)
      return
    case 'i':
      o.interval = Math.trunc(seconds(sys, arg, 'bad timing interval') * 1000)
      return
    case 'W': {
      const value = seconds(sys, arg, 'bad linger time')
      if (value < 0) throw stop(`bad linger time: ${arg}`)
      o.linger = Math.trunc(value * 1000)
      return
    }
    case 'I': {
      if (arg.includes(':')) refuse('ping', 'IPv6', 2)
      const source = parseIp4(arg)
      if (source === null) o.device = arg
      else {
        o.source = source
        o.strictSource = true
      }
      return
    }
    case 'M': {
      const mode = PMTUDISC[arg]
      if (mode === undefined) throw stop(`invalid -M argument: ${arg}`)
      o.pmtudisc = mode
      return
    }
    case 'e':
      o.ident = number(arg, 0, 0xffff)
      return
    case 'l':
      o.preload = number(arg, 1, 65536)
      if (sys.uid !== 0 && o.preload > 3) throw stop(`cannot set preload to value greater than 3: ${o.preload}`)
      return
    case 'm':
      o.mark = number(arg, 0, 4294967295)
      return
    case 'p':
      o.pattern = pattern(arg)
      return
    case 'Q':
      o.tos = tos(arg)
      return
    case 's':
      o.size = number(arg, 0, INT_MAX)
      return
    case 'S':
      o.sndbuf = number(arg, 1, INT_MAX)
      return
    case 't':
      o.ttl = number(arg, 0, 255)
      return
    case 'w':
      o.deadline = number(arg, 0, INT_MAX)
      return
  }
}

interface Seen {
  four: boolean
  interval: boolean
}

function apply(sys: Sys, o: PingOptions, item: OptionItem, seen: Seen): void {
  if (item.error !== null) throw new ToolExit(item.error + PING_USAGE, 2)
  const flag = FLAGS[item.opt]
  if (flag !== undefined) {
    ;(o as unknown as Record<string, boolean>)[flag] = true
    return
  }
  switch (item.opt) {
    case 'h':
    case '?':
      throw new ToolExit(PING_USAGE, 2)
    case '4':
      seen.four = true
      return
    case '6':
      if (seen.four) throw stop('only one -4 or -6 option may be specified')
      return refuse('ping', 'option -6', 2)
    case 'F':
    case 'N':
    case 'R':
    case 'T':
    case 'r':
      return refuse('ping', `option -${item.opt}`, 2)
    case 'f':
      o.flood = true
      o.numeric = true
      return
    case 'd': // SO_DEBUG has no effect that can be seen
    case 'U': // every time here is taken at the socket call, which is the user's
      return
    case 'i':
      seen.interval = true
  }
  applyValue(sys, o, item.opt, item.arg ?? '')
}

/** The options, or the exit code after the text is written. */
export function parsePing(sys: Sys, argv: readonly string[]): PingOptions | number {
  const o = defaults()
  const seen: Seen = { four: false, interval: false }
  const args = ['ping', ...argv.slice(1)]
  const parsed = getopt(args, 'h?4bRT:6F:N:aABc:CdDe:fi:I:l:Lm:M:nOp:qQ:rs:S:t:UvVw:W:')
  try {
    for (const item of parsed.items) {
      if (item.opt === 'V') {
        sys.write(1, VERSION_TEXT)
        return 0
      }
      apply(sys, o, item, seen)
    }
    if (parsed.rest.length === 0) throw stop('usage error: Destination address required', 1)
    o.target = parsed.rest.at(-1)!
    if (parsed.rest.length > 1) refuse('ping', 'a route of several hops', 2)
    if (o.flood && !seen.interval) o.interval = 0
    return o
  } catch (e) {
    return exitStatus(sys, e)
  }
}
