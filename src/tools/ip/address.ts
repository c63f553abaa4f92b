// ip address: its commands, and flush. Reference: iproute2 6.1, ip/ipaddress.c.
// Leaves out save, restore and showdump, whose dumps are netlink's own bytes.
import { IFA_F_SECONDARY } from '../../uapi/link.ts'
import type { AddrInfo, NewMode } from '../../uapi/request.ts'
import { ToolExit } from '../lib/exit.ts'
import { modifyAddress } from './address_modify.ts'
import { printAddr } from './address_print.ts'
import { Args, matches } from './args.ts'
import type { Context } from './context.ts'
import { EXIT_FAILURE, EXIT_USAGE, notModelled } from './exit.ts'
import { ADDRESS_HELP, usage } from './help.ts'
import { type AddrFilter, addrSelected, parseAddrFilter, showLinks } from './link_show.ts'

/** One round: ask for each address to be deleted; that one is gone already (a secondary) is no error. */
function deleteAll(ctx: Context, addrs: readonly AddrInfo[]): boolean {
  for (const info of addrs) {
    if (ctx.opt.stats > 1) printAddr(ctx, info, true)
    const { addr } = info
    const peer = addr.address === addr.local ? {} : { peer: addr.address }
    const spec = { dev: info.ifindex, local: addr.local, prefixlen: addr.prefixlen, label: addr.label, ...peer }
    const r = ctx.request('addr.del', { addr: spec, match: { address: true, label: true } })
    if (!r.ok && r.errno !== 'EADDRNOTAVAIL') return false
  }
  return true
}

function flushRound(ctx: Context, f: AddrFilter): readonly AddrInfo[] | null {
  const all = ctx.dump('addr.list', {}, 'Flush')
  return all === null ? null : all.filter((a) => addrSelected(f, a))
}

function flush(ctx: Context, args: Args): number {
  if (!args.more) {
    ctx.error('Flush requires arguments.\n')
    return EXIT_FAILURE
  }
  if (ctx.opt.family === 'link') {
    ctx.error('Cannot flush link addresses.\n')
    return EXIT_FAILURE
  }
  const f = parseAddrFilter(ctx, args, ctx.opt.family, false)
  // only primary ones: secondaries that became primary in the first round stay
  const once = (f.flagMask & IFA_F_SECONDARY) !== 0 && (f.flags & IFA_F_SECONDARY) === 0
  const { loops, stats } = ctx.opt
  for (let round = 0; loops === 0 || round < loops; round++) {
    const addrs = once && round > 0 ? [] : flushRound(ctx, f)
    if (addrs === null) throw new ToolExit('', EXIT_FAILURE)
    if (addrs.length === 0) {
      const done = `*** Flush is complete after ${round} round${round > 1 ? 's' : ''} ***\n`
      if (stats > 0) ctx.out.text(round === 0 ? 'Nothing to flush.\n' : done)
      return 0
    }
    if (!deleteAll(ctx, addrs)) return EXIT_FAILURE
    if (stats > 0) ctx.out.text(`\n*** Round ${round + 1}, deleting ${addrs.length} addresses ***\n`)
  }
  ctx.error(`*** Flush remains incomplete after ${loops} rounds. ***\n`)
  return EXIT_FAILURE
}

const MODES: readonly (readonly [string, NewMode | 'delete'])[] = Object.freeze([
  ['add', 'add'],
  ['change', 'change'],
  ['replace', 'replace'],
  ['delete', 'delete'],
] as const)

export function address(ctx: Context, words: readonly string[]): number {
  const args = new Args(words)
  if (!args.more) return showLinks(ctx, args, false)
  const command = args.take()
  const mode = command === 'chg' ? 'change' : MODES.find(([name]) => matches(command, name))?.[1]
  if (mode !== undefined) return modifyAddress(ctx, args, mode)
  if (['list', 'show', 'lst'].some((w) => matches(command, w))) return showLinks(ctx, args, false)
  if (matches(command, 'flush')) return flush(ctx, args)
  for (const w of ['save', 'showdump', 'restore']) if (matches(command, w)) notModelled(`ip address ${w}`)
  if (matches(command, 'help')) usage(ADDRESS_HELP)
  throw new ToolExit(`Command "${command}" is unknown, try "ip address help".\n`, EXIT_USAGE)
}
