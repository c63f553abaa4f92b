// socat's address language: TYPE:parameters,option=value,… with names in either case.
// Read first: socat(1), ADDRESS SPECIFICATIONS. Types and options that netsim has no model for are refused by name.
import { ToolExit } from '../lib/exit.ts'
import { notModelled } from '../lib/refuse.ts'

export type AddressKind =
  | 'stdio'
  | 'tcp'
  | 'tcp-listen'
  | 'udp'
  | 'udp-listen'
  | 'udp-sendto'
  | 'udp-recvfrom'
  | 'udp-recv'
  | 'exec'
  | 'system'
  | 'open'
  | 'create'
  | 'gopen'

export interface Address {
  readonly kind: AddressKind
  /** The type as it was written, for messages. */
  readonly name: string
  readonly params: readonly string[]
  readonly options: Readonly<Record<string, string>>
}

/** What is wrong with an address. Text that is not `plain` is a line of the log: who catches it puts the log's head before. @internal */
export class AddressError extends ToolExit {
  readonly plain: boolean
  constructor(text: string, plain: boolean) {
    super(text, 1)
    this.plain = plain
  }
}

interface Type {
  readonly kind: AddressKind
  readonly params: number
}

const one = (kind: AddressKind): Type => ({ kind, params: 1 })
const pair = (kind: AddressKind): Type => ({ kind, params: 2 })

const TYPES: Readonly<Record<string, Type>> = Object.freeze({
  '-': { kind: 'stdio', params: 0 },
  stdio: { kind: 'stdio', params: 0 },
  tcp: pair('tcp'),
  tcp4: pair('tcp'),
  'tcp-connect': pair('tcp'),
  'tcp4-connect': pair('tcp'),
  'tcp-listen': one('tcp-listen'),
  'tcp4-listen': one('tcp-listen'),
  'tcp-l': one('tcp-listen'),
  'tcp4-l': one('tcp-listen'),
  udp: pair('udp'),
  udp4: pair('udp'),
  'udp-connect': pair('udp'),
  'udp4-connect': pair('udp'),
  'udp-listen': one('udp-listen'),
  'udp4-listen': one('udp-listen'),
  'udp-l': one('udp-listen'),
  'udp4-l': one('udp-listen'),
  'udp-sendto': pair('udp-sendto'),
  'udp4-sendto': pair('udp-sendto'),
  'udp-datagram': pair('udp-sendto'),
  'udp4-datagram': pair('udp-sendto'),
  'udp-recvfrom': one('udp-recvfrom'),
  'udp4-recvfrom': one('udp-recvfrom'),
  'udp-recv': one('udp-recv'),
  'udp4-recv': one('udp-recv'),
  exec: one('exec'),
  system: one('system'),
  open: one('open'),
  file: one('open'),
  create: one('create'),
  creat: one('create'),
  gopen: one('gopen'),
})

const REFUSED_TYPES =
  /^(tcp6|udp6|ip\d*|rawip|sctp|openssl|ssl|unix|abstract|local|pipe|fifo|pty|readline|socks|socks4a?|proxy|tun|interface|socket|vsock|dccp|stdin|stdout|stderr|fd)(-.*)?$/

/** Other spellings of options → the one used here. */
const ALIASES: Readonly<Record<string, string>> = Object.freeze({
  'so-reuseaddr': 'reuseaddr',
  'so-reuseport': 'reuseport',
  'so-bindtodevice': 'bindtodevice',
  if: 'bindtodevice',
  interface: 'bindtodevice',
  sp: 'sourceport',
  'so-broadcast': 'broadcast',
  'so-keepalive': 'keepalive',
  'tcp-nodelay': 'nodelay',
  creat: 'create',
  'o-create': 'create',
  'o-append': 'append',
  'o-trunc': 'trunc',
  'ip-ttl': 'ttl',
  ipttl: 'ttl',
  'ip-tos': 'tos',
  iptos: 'tos',
  'so-mark': 'mark',
  crlf: 'crnl',
  'protocol-family': 'pf',
  'o-rdonly': 'rdonly',
  'o-wronly': 'wronly',
  'o-rdwr': 'rdwr',
  ignoreof: 'ignoreeof',
})

const KNOWN = new Set(
  'fork reuseaddr reuseport bind pf bindtodevice sourceport broadcast keepalive nodelay create append trunc ttl tos mark crnl connect-timeout backlog ignoreeof rdonly wronly rdwr stderr pipes shut-none shut-down shut-close'.split(
    ' ',
  ),
)

const REFUSED_OPTIONS =
  /^(nofork|pty|setsid|ctty|su|user|group|mode|perm.*|range|tcpwrap.*|lowport|retry|forever|interval|max-children|linger.*|so-.*|ip-.*|tcp-.*|raw.*|echo|cloexec|lock.*|waitlock|history.*|nonblock|seek.*|chroot.*|escape|null-eof|end-close|coolwrite|cool-write|unlink.*|rcvbuf.*|sndbuf.*|path|login|dash|sighup|sigint|sigquit|fdin|fdout|socketpair|openpty|ptmx|link|wait-slave|excl|dsync|sync|rsync|noatime|readbytes|ftruncate.*)$/

const C_ESCAPES: Readonly<Record<string, string>> = Object.freeze({
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
})

/** Split at `separators` as nestlex() does: quotes go and protect, a backslash goes and protects, brackets protect and stay. */
function split(text: string, separators: string): string[] {
  const parts = ['']
  let quote = ''
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    let c = text[i]!
    if (c === '\\' && i + 1 < text.length) {
      c = text[++i]!
      parts[parts.length - 1] += C_ESCAPES[c] ?? c
      continue
    }
    if (quote !== '' ? c === quote : c === '"' || c === "'") {
      quote = quote === '' ? c : ''
      continue
    }
    if (quote === '' && '([{'.includes(c)) depth++
    else if (quote === '' && ')]}'.includes(c)) depth--
    if (separators.includes(c) && quote === '' && depth <= 0) parts.push('')
    else parts[parts.length - 1] += c
  }
  return parts
}

/** The text up to the first comma outside quotes and brackets, still as written, and what follows it. */
function firstPart(text: string): readonly [string, string] {
  let quote = ''
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (c === '\\') i++
    else if (quote !== '') quote = c === quote ? '' : quote
    else if (c === '"' || c === "'") quote = c
    else if ('([{'.includes(c)) depth++
    else if (')]}'.includes(c)) depth--
    else if (c === ',' && depth <= 0) return [text.slice(0, i), text.slice(i + 1)]
  }
  return [text, '']
}

function options(parts: readonly string[]): Record<string, string> {
  const out: Record<string, string> = {}
  for (const part of parts) {
    if (part === '') continue
    const eq = part.indexOf('=')
    const written = eq < 0 ? part : part.slice(0, eq)
    const lower = written.toLowerCase()
    const name = ALIASES[lower] ?? lower
    if (KNOWN.has(name)) out[name] = eq < 0 ? '' : part.slice(eq + 1)
    else if (REFUSED_OPTIONS.test(name)) throw new AddressError(notModelled('socat', `option ${written}`), true)
    else throw new AddressError(`parseopts_table(): unknown option "${written}"`, false)
  }
  return out
}

export function parseAddress(text: string): Address {
  const [head, rest] = firstPart(text)
  const colon = head.indexOf(':')
  const name = colon < 0 ? head : head.slice(0, colon)
  const opts = (): Record<string, string> => options(split(rest, ','))
  if (head.includes('/') && (colon < 0 || head.indexOf('/') < colon)) {
    return { kind: 'gopen', name: 'GOPEN', params: split(head, ''), options: opts() }
  }
  if (text.includes('!!')) throw new AddressError(notModelled('socat', 'a dual address (!!)'), true)
  const lower = name.toLowerCase()
  const type = TYPES[lower]
  if (type === undefined) {
    if (REFUSED_TYPES.test(lower) || /^\d+$/.test(name))
      throw new AddressError(notModelled('socat', `address ${name}`), true)
    throw new AddressError(`unknown device/address "${name}"`, false)
  }
  const tail = colon < 0 ? null : head.slice(colon + 1)
  const params = tail === null ? [] : split(tail, ':')
  // What follows a colon in SYSTEM's command is left away, as socat does.
  if (type.kind === 'system' ? params.length < 1 : params.length !== type.params) {
    const place = type.kind === 'exec' && params.length > 1 ? `"${name}:${params[0]}"` : name
    throw new AddressError(`${place}: wrong number of parameters (${params.length} instead of ${type.params})`, false)
  }
  return { kind: type.kind, name, params, options: opts() }
}

/** Words of an EXEC command line: blanks separate, what quotes are left after the address was read keep together. */
export function commandWords(text: string): string[] {
  const words = split(text.trim().replace(/[ \t]+(?=[^ \t])/g, ' '), ' ')
  return words.filter((w) => w !== '')
}
