// ip link: its commands. Reference: iproute2 6.1, ip/iplink.c.
// Leaves out xstats, afstats and property (refused by name).
import { ToolExit } from '../lib/exit.ts'
import { Args, matches } from './args.ts'
import type { Context } from './context.ts'
import { EXIT_USAGE, notModelled } from './exit.ts'
import { LINK_HELP, usage, VETH_HELP } from './help.ts'
import { addLink, deleteLink, setLink } from './link_modify.ts'
import { showLinks } from './link_show.ts'

function help(ctx: Context, type: string): number {
  if (type !== 'veth') usage(LINK_HELP)
  ctx.out.text(VETH_HELP)
  return 0
}

export function link(ctx: Context, words: readonly string[]): number {
  const args = new Args(words)
  if (!args.more) return showLinks(ctx, args, true)
  const command = args.take()
  if (matches(command, 'add')) return addLink(ctx, args, false)
  if (matches(command, 'set') || matches(command, 'change')) return setLink(ctx, args)
  if (matches(command, 'replace')) return addLink(ctx, args, true)
  if (matches(command, 'delete')) return deleteLink(ctx, args)
  if (['show', 'lst', 'list'].some((w) => matches(command, w))) return showLinks(ctx, args, true)
  for (const w of ['xstats', 'afstats', 'property']) if (matches(command, w)) notModelled(`ip link ${w}`)
  if (matches(command, 'help')) return help(ctx, args.peek)
  throw new ToolExit(`Command "${command}" is unknown, try "ip link help".\n`, EXIT_USAGE)
}
