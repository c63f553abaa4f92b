// How a neighbour is spelled: ip neigh's lines and JSON objects, in the order of iproute2's print_neigh.
// Read first: print_env.ts.
import { formatMac } from '../../lib/mac.ts'
import { type NeighEntry, NTF_EXT_LEARNED, NTF_PROXY, NTF_ROUTER, NUD_NAMES } from '../../uapi/neigh.ts'
import { type PrintEnv, plainEnv } from './print_env.ts'

/** NTF_* that have a word of their own. */
export const NTF_WORDS: readonly (readonly [number, string])[] = Object.freeze([
  [NTF_ROUTER, 'router'],
  [NTF_PROXY, 'proxy'],
  [NTF_EXT_LEARNED, 'extern_learn'],
] as const)

function printBrief(env: PrintEnv, n: NeighEntry, showDev: boolean): void {
  const { out } = env
  const dst = env.host(n.dst)
  out.field('dst', dst, `${dst.padEnd(39)} `, 'inet')
  if (showDev && n.ifindex !== 0) {
    const dev = env.name(n.ifindex)
    out.field('dev', dev, `${dev.padEnd(16)} `, 'ifname')
  }
  if (n.lladdr !== null) out.field('lladdr', formatMac(n.lladdr), formatMac(n.lladdr), 'mac')
}

function printStatistics(env: PrintEnv, n: NeighEntry): void {
  const { out } = env
  if (n.refcnt !== 0) out.field('refcnt', n.refcnt, ` ref ${n.refcnt}`)
  out.field('used', n.used, ` used ${n.used}`)
  out.field('confirmed', n.confirmed, `/${n.confirmed}`)
  out.field('updated', n.updated, `/${n.updated}`)
  out.field('probes', n.probes, `probes ${n.probes} `)
}

function printState(env: PrintEnv, state: number): void {
  if (state === 0) return
  env.out.openArray('state')
  for (const [bit, word] of NUD_NAMES) if (state & bit) env.out.field(null, word, `${word} `)
  env.out.closeArray()
}

function printFull(env: PrintEnv, n: NeighEntry, showDev: boolean): void {
  const { out, names } = env
  const dst = env.host(n.dst)
  out.field('dst', dst, `${dst} `, 'inet')
  if (showDev && n.ifindex !== 0) {
    const dev = env.name(n.ifindex)
    out.text('dev ')
    out.field('dev', dev, `${dev} `, 'ifname')
  }
  if (n.lladdr !== null) {
    out.text('lladdr ')
    out.field('lladdr', formatMac(n.lladdr), `${formatMac(n.lladdr)} `, 'mac')
  }
  for (const [bit, word] of NTF_WORDS) if (n.flags & bit) out.field(word, null, `${word} `)
  if (env.opt.stats > 0 && !(n.flags & NTF_PROXY)) printStatistics(env, n)
  printState(env, n.state)
  if (n.protocol !== 0) {
    const proto = names.protoName(n.protocol)
    out.field('protocol', proto, `proto ${proto} `)
  }
}

/** One neighbour; without the device where the listing is of one device. Ends with a newline. */
export function printNeigh(env: PrintEnv, n: NeighEntry, showDev = true, deleted = false): void {
  env.out.openObject()
  if (deleted) env.out.field('deleted', true, 'Deleted ')
  if (env.opt.brief) printBrief(env, n, showDev)
  else printFull(env, n, showDev)
  env.out.text('\n')
  env.out.closeObject()
}

/** The line of a listing, without the newline and with its trailing space. */
export function formatNeigh(n: NeighEntry, device: (ifindex: number) => string): string {
  const env = plainEnv(device)
  printNeigh(env, n)
  return env.out.take().slice(0, -1)
}
