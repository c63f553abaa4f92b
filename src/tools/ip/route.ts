// ip route: its commands. Reference: iproute2 6.1, ip/iproute.c.
// Leaves out save, restore and showdump, whose dumps are netlink's own bytes.
import type { NewMode } from '../../uapi/request.ts'
import { ToolExit } from '../lib/exit.ts'
import { Args, matches } from './args.ts'
import type { Context } from './context.ts'
import { EXIT_USAGE, notModelled } from './exit.ts'
import { ROUTE_HELP, usage } from './help.ts'
import { getRoute } from './route_get.ts'
import { modifyRoute } from './route_modify.ts'
import { flushRoutes, showRoutes } from './route_show.ts'

/** In the order in which abbreviations are tried. */
const MODES: readonly (readonly [string, NewMode | 'delete'])[] = Object.freeze([
  ['add', 'add'],
  ['change', 'change'],
  ['replace', 'replace'],
  ['prepend', 'prepend'],
  ['append', 'append'],
  ['test', 'test'],
  ['delete', 'delete'],
] as const)

export function route(ctx: Context, words: readonly string[]): number {
  const args = new Args(words)
  if (!args.more) return showRoutes(ctx, args)
  const command = args.take()
  const mode = command === 'chg' ? 'change' : MODES.find(([name]) => matches(command, name))?.[1]
  if (mode !== undefined) return modifyRoute(ctx, args, mode)
  if (['list', 'show', 'lst'].some((w) => matches(command, w))) return showRoutes(ctx, args)
  if (matches(command, 'get')) return getRoute(ctx, args)
  if (matches(command, 'flush')) return flushRoutes(ctx, args)
  for (const w of ['save', 'restore', 'showdump']) if (matches(command, w)) notModelled(`ip route ${w}`)
  if (matches(command, 'help')) usage(ROUTE_HELP)
  throw new ToolExit(`Command "${command}" is unknown, try "ip route help".\n`, EXIT_USAGE)
}
