// getent(1) for the databases of hosts: hosts, ahosts, ahostsv4. Read first: lib/resolve.ts.
// Other databases and ahostsv6 are refused by name.
import { formatIp4, parseIp4 } from '../../lib/ip4.ts'
import { fail, type Machine, type ProgramEvent, type Sys } from '../../uapi/program.ts'
import { notModelled } from '../lib/refuse.ts'
import { readHosts } from '../lib/resolv_conf.ts'
import {
  type Lookup,
  type LookupResult,
  lookupAddress,
  lookupHost,
  lookupHostByName,
  stepLookup,
  wantsEvent,
} from '../lib/resolve.ts'

const TIMEOUT = 1
const EXIT_NOT_FOUND = 2
const TRY = "Try `getent --help' or `getent --usage' for more information.\n"
const OTHERS = Object.freeze(
  new Set(
    'aliases ethers group gshadow initgroups netgroup networks passwd protocols rpc services shadow ahostsv6'.split(
      ' ',
    ),
  ),
)

export interface GetentState {
  readonly database: 'hosts' | 'ahosts' | 'ahostsv4'
  readonly keys: readonly string[]
  at: number
  lookup: Lookup | null
  code: number
}

function start(sys: Sys, argv: readonly string[]): GetentState | number {
  const words = argv.slice(1)
  const option = words.find((w) => /^-./.test(w))
  if (option !== undefined) {
    if (/^(-s|-i|--service|--no-idn|--help|--usage|--version|-V|-\?)/.test(option)) {
      return fail(sys, notModelled('getent', `option ${option}`), 1)
    }
    const what = option.startsWith('--') ? `unrecognized option '${option}'` : `invalid option -- '${option[1]}'`
    return fail(sys, `getent: ${what}\n${TRY}`, 64)
  }
  const [database, ...keys] = words
  if (database === undefined) {
    sys.write(2, 'getent: wrong number of arguments\n')
    sys.write(1, TRY)
    return 1
  }
  if (OTHERS.has(database)) return fail(sys, notModelled('getent', `database ${database}`), 1)
  if (database !== 'hosts' && database !== 'ahosts' && database !== 'ahostsv4') {
    sys.write(2, `Unknown database: ${database}\n`)
    sys.write(1, TRY)
    return 1
  }
  if (keys.length > 0) return { database, keys, at: 0, lookup: null, code: 0 }
  for (const h of readHosts(sys)) sys.write(1, line(formatIp4(h.address), h.names.join(' ')))
  return 0
}

function line(address: string, text: string): string {
  return `${address.padEnd(15)} ${text}\n`
}

/** Ask for the next key, or report the one that is answered. */
function step(sys: Sys, st: GetentState, e: ProgramEvent): void {
  if (st.lookup !== null) {
    if (wantsEvent(st.lookup, e)) stepLookup(sys, st.lookup, e)
    if (!report(sys, st)) return
  }
  while (st.at < st.keys.length) {
    if (st.database === 'ahostsv4' && !hasAddress(sys)) {
      st.code = EXIT_NOT_FOUND
      st.at++
      continue
    }
    st.lookup = ask(sys, st, st.keys[st.at]!)
    if (!report(sys, st)) return
  }
  sys.exit(st.code)
}

/** AI_ADDRCONFIG: IPv4 alone is of no use where only loopback has an address. */
function hasAddress(sys: Sys): boolean {
  const addrs = sys.netlink.request(sys.netns, 'addr.list', {})
  return addrs.ok && addrs.value.some((a) => a.addr.local >>> 24 !== 127)
}

function ask(sys: Sys, st: GetentState, key: string): Lookup {
  if (st.database !== 'hosts') return lookupHost(sys, key, { timer: TIMEOUT, both: st.database === 'ahosts' })
  const addr = parseIp4(key)
  if (addr === null) return lookupHostByName(sys, key, TIMEOUT)
  return lookupAddress(sys, addr, { timer: TIMEOUT, both: false })
}

/** False while the look-up goes on. */
function report(sys: Sys, st: GetentState): boolean {
  const r = st.lookup?.result ?? null
  if (r === null) return false
  st.lookup = null
  st.at++
  if (r.ok) print(sys, st, r)
  else st.code = EXIT_NOT_FOUND
  return true
}

function print(sys: Sys, st: GetentState, r: LookupResult & { ok: true }): void {
  for (const [i, a] of r.addresses.entries()) {
    const text = formatIp4(a)
    if (st.database === 'hosts') sys.write(1, line(text, [r.canonical, ...r.aliases].join(' ')))
    else {
      sys.write(1, line(text, `STREAM ${i === 0 ? r.canonical : ''}`))
      sys.write(1, `${line(text, 'DGRAM  ')}${line(text, 'RAW    ')}`)
    }
  }
}

export const getent: Machine<GetentState> = { start, step }
