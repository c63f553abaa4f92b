// curl's command line (7.88.1) as far as plain HTTP goes: options, their errors and exit code 2.
// Read first: curl.ts. Options that need what netsim has not (TLS, proxies, uploads, cookies files …) are refused by name.
import type { Sys } from '../../uapi/program.ts'
import { textOf } from '../lib/bytes.ts'
import { exitStatus, ToolExit } from '../lib/exit.ts'
import { leadingDouble } from '../lib/number.ts'
import { refuse } from '../lib/refuse.ts'

export interface CurlOptions {
  /** -4: no AAAA is asked. */
  ipv4: boolean
  silent: boolean
  showError: boolean
  verbose: boolean
  include: boolean
  head: boolean
  fail: boolean
  location: boolean
  get: boolean
  noBuffer: boolean
  http10: boolean
  method: string | null
  headers: string[]
  data: string | null
  agent: string
  referer: string | null
  user: string | null
  cookie: string | null
  /** Milliseconds, 0 for none. */
  maxTime: number
  connectTimeout: number
  writeOut: string
  interface: string | null
  /** "host:port:address". */
  resolve: string[]
  maxRedirects: number
  urls: string[]
  /** One per URL as far as given: a file name, '-' or, for -O, null. */
  outputs: (string | null)[]
}

const TRY = "curl: try 'curl --help' or 'curl --manual' for more information\n"

const VERSION = `curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1
Release-Date: 2023-02-20
Protocols: http
Features:
`

const HELP = `Usage: curl [options...] <url>
 -d, --data <data>          HTTP POST data
 -f, --fail                 Fail fast with no output on HTTP errors
 -h, --help <category>      Get help for commands
 -i, --include              Include protocol response headers in the output
 -o, --output <file>        Write to file instead of stdout
 -O, --remote-name          Write output to a file named as the remote file
 -s, --silent               Silent mode
 -T, --upload-file <file>   Transfer local FILE to destination
 -u, --user <user:password> Server user and password
 -A, --user-agent <name>    Send User-Agent <name> to server
 -v, --verbose              Make the operation more talkative
 -V, --version              Show version number and quit

This is not the full help, this menu is stripped into categories.
Use "--help category" to get an overview of all categories.
For all options use the manual or "--help all".
`

/** Long names → the letter or name that flag() and value() know; a trailing ':' takes a value. */
const LONG: Readonly<Record<string, string>> = Object.freeze({
  silent: 's',
  'show-error': 'S',
  verbose: 'v',
  include: 'i',
  head: 'I',
  fail: 'f',
  location: 'L',
  get: 'G',
  'no-buffer': 'N',
  'http1.0': '0',
  'http1.1': 'http1.1',
  request: 'X:',
  header: 'H:',
  data: 'd:',
  'data-ascii': 'd:',
  'data-raw': 'data-raw:',
  'data-binary': 'data-binary:',
  'user-agent': 'A:',
  referer: 'e:',
  user: 'u:',
  cookie: 'b:',
  'max-time': 'm:',
  'connect-timeout': 'connect-timeout:',
  'write-out': 'w:',
  interface: 'interface:',
  resolve: 'resolve:',
  output: 'o:',
  'remote-name': 'O',
  insecure: 'k',
  ipv4: '4',
  noproxy: 'noproxy:',
  url: 'url:',
  'max-redirs': 'max-redirs:',
  help: 'h',
  version: 'V',
  disable: 'q',
  globoff: 'g',
  'no-progress-meter': 'no-progress-meter',
  'no-keepalive': 'no-keepalive',
  'tcp-nodelay': 'tcp-nodelay',
  'path-as-is': 'path-as-is',
})
const SHORT = 's S v i I f L G N 0 X: H: d: A: e: u: b: m: w: o: O k 4 h V q g'.split(' ')
/** Known to curl, not to netsim. */
const REFUSED_SHORT = '1236aBcCDEFjJKlMnpPQrRtTUxyYzZ#:'
const REFUSED_LONG =
  /^(form|proxy|socks[45].*|tls.*|ssl.*|cert.*|key.*|cacert|capath|upload-file|cookie-jar|range|compressed|limit-rate|retry.*|http[23].*|ipv6|unix-socket|netrc.*|dump-header|trace.*|json|data-urlencode|progress-bar|parallel.*|config|local-port|remote-.*|continue-at|haproxy.*|doh-url|digest|ntlm|negotiate|basic|anyauth|keepalive-time|dns-.*|fail-with-body|fail-early|stderr|create-dirs|referer|time-cond|happy-eyeballs.*)$/

function milliseconds(option: string, text: string): number {
  const { value, rest } = leadingDouble(text)
  if (rest !== '' || text === '')
    throw new ToolExit(`curl: option ${option}: expected a proper numerical parameter\n${TRY}`, 2)
  if (value < 0) throw new ToolExit(`curl: option ${option}: expected a positive numerical parameter\n${TRY}`, 2)
  return Math.trunc(value * 1000)
}

/** -d @file without line ends; --data-binary with them. */
function body(sys: Sys, text: string, kind: string): string {
  if (kind === 'data-raw' || !text.startsWith('@')) return text
  const name = text.slice(1)
  let content = ''
  if (name === '-') {
    for (let r = sys.read(0); r.ok && r.value.length > 0; r = sys.read(0)) content += textOf(r.value)
  } else {
    const r = sys.readFile(name)
    if (!r.ok) {
      const option = kind === 'd' ? '-d' : `--${kind}`
      const text = `curl: option ${option}: error encountered when reading a file\n`
      throw new ToolExit(`Warning: Couldn't read data from file "${name}", this makes an empty POST.\n${text}`, 26)
    }
    content = r.value
  }
  return kind === 'd' ? content.replace(/[\r\n\0]/g, '') : content
}

function flag(sys: Sys, o: CurlOptions, opt: string): void {
  switch (opt) {
    case 's':
      o.silent = true
      return
    case 'S':
      o.showError = true
      return
    case 'v':
      o.verbose = true
      return
    case 'i':
      o.include = true
      return
    case 'I':
      o.head = true
      return
    case 'f':
      o.fail = true
      return
    case 'L':
      o.location = true
      return
    case 'G':
      o.get = true
      return
    case 'N':
      o.noBuffer = true
      return
    case '0':
      o.http10 = true
      return
    case 'O':
      o.outputs.push(null)
      return
    case 'no-progress-meter':
      o.silent = true
      o.showError = true
      return
    case 'h':
      sys.write(1, HELP)
      throw new ToolExit('', 0)
    case 'V':
      sys.write(1, VERSION)
      throw new ToolExit('', 0)
    case '4':
      o.ipv4 = true
      return
    // Without effect here: no TLS (-k), no .curlrc (-q), no globbing (-g), HTTP/1.1 is the default.
  }
}

function value(sys: Sys, o: CurlOptions, opt: string, shown: string, arg: string): void {
  switch (opt) {
    case 'X':
      o.method = arg
      return
    case 'H':
      o.headers.push(arg)
      return
    case 'd':
    case 'data-raw':
    case 'data-binary': {
      const text = body(sys, arg, opt)
      o.data = o.data === null ? text : `${o.data}&${text}`
      return
    }
    case 'A':
      o.agent = arg
      return
    case 'e':
      o.referer = arg
      return
    case 'u':
      o.user = arg
      return
    case 'b':
      if (!arg.includes('=')) refuse('curl', 'a cookie file', 2)
      o.cookie = arg
      return
    case 'm':
      o.maxTime = milliseconds(shown, arg)
      return
    case 'connect-timeout':
      o.connectTimeout = milliseconds(shown, arg)
      return
    case 'w':
      o.writeOut = arg
      return
    case 'interface':
      o.interface = arg
      return
    case 'resolve':
      o.resolve.push(arg)
      return
    case 'o':
      o.outputs.push(arg)
      return
    case 'url':
      o.urls.push(arg)
      return
    case 'max-redirs':
      o.maxRedirects = Math.trunc(milliseconds(shown, arg) / 1000)
      return
    // noproxy: no proxy is ever used.
  }
}

interface Words {
  readonly argv: readonly string[]
  at: number
}

function next(w: Words, shown: string): string {
  const arg = w.argv[w.at++]
  if (arg === undefined) throw new ToolExit(`curl: option ${shown}: requires parameter\n${TRY}`, 2)
  return arg
}

function longOption(sys: Sys, o: CurlOptions, w: Words, word: string): void {
  const name = word.slice(2)
  const negated = name.startsWith('no-') && LONG[name] === undefined ? name.slice(3) : null
  const names = Object.keys(LONG).filter((n) => n.startsWith(name))
  const found = LONG[name] ?? (names.length === 1 ? LONG[names[0]!] : undefined)
  if (found === undefined) {
    if (names.length > 1) throw new ToolExit(`curl: option ${word}: is ambiguous\n${TRY}`, 2)
    if (REFUSED_LONG.test(name) || (negated !== null && LONG[negated] !== undefined)) {
      refuse('curl', `option ${word}`, 2)
    }
    throw new ToolExit(`curl: option ${word}: is unknown\n${TRY}`, 2)
  }
  if (found.endsWith(':')) value(sys, o, found.slice(0, -1), word, next(w, word))
  else flag(sys, o, found)
}

function shortOptions(sys: Sys, o: CurlOptions, w: Words, word: string): void {
  for (let i = 1; i < word.length; i++) {
    const letter = word[i]!
    if (SHORT.includes(letter)) {
      flag(sys, o, letter)
      continue
    }
    if (SHORT.includes(`${letter}:`)) {
      const glued = word.slice(i + 1)
      value(
        sys,
        o,
        letter,
        word.slice(0, i) === '-' ? `-${letter}` : word,
        glued !== '' ? glued : next(w, `-${letter}`),
      )
      return
    }
    // curl takes the whole word for the name of what it does not know.
    if (REFUSED_SHORT.includes(letter) && word.length === 2) refuse('curl', `option -${letter}`, 2)
    throw new ToolExit(`curl: option ${word}: is unknown\n${TRY}`, 2)
  }
}

export function parseCurl(sys: Sys, argv: readonly string[]): CurlOptions | number {
  const o: CurlOptions = {
    ipv4: false,
    silent: false,
    showError: false,
    verbose: false,
    include: false,
    head: false,
    fail: false,
    location: false,
    get: false,
    noBuffer: false,
    http10: false,
    method: null,
    headers: [],
    data: null,
    agent: 'curl/7.88.1',
    referer: null,
    user: null,
    cookie: null,
    maxTime: 0,
    connectTimeout: 300_000,
    writeOut: '',
    interface: null,
    resolve: [],
    maxRedirects: 50,
    urls: [],
    outputs: [],
  }
  const w: Words = { argv, at: 1 }
  try {
    if (argv.length < 2) throw new ToolExit(TRY, 2)
    let operands = false
    while (w.at < argv.length) {
      const word = argv[w.at++]!
      if (operands || !word.startsWith('-') || word === '-') o.urls.push(word)
      else if (word === '--') operands = true
      else if (word.startsWith('--')) longOption(sys, o, w, word)
      else shortOptions(sys, o, w, word)
    }
    if (o.urls.length === 0) throw new ToolExit(`curl: no URL specified!\n${TRY}`, 2)
    return o
  } catch (e) {
    return exitStatus(sys, e)
  }
}
