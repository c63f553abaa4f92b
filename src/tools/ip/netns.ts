// ip netns: named namespaces. Reference: iproute2 6.1, ip/ipnetns.c. Running programs in them: netns_exec.ts.
// Leaves out attach, monitor and list-id target-nsid (refused by name).
import { strerror } from '../../lib/errno.ts'
import type { MainResult } from '../../uapi/program.ts'
import type { NetnsInfo } from '../../uapi/request.ts'
import { ToolExit } from '../lib/exit.ts'
import { Args, matches } from './args.ts'
import type { Context } from './context.ts'
import { duplicate, EXIT_FAILURE, EXIT_REFUSED, EXIT_USAGE, invalidArgument, notModelled } from './exit.ts'
import { NETNS_HELP, usage } from './help.ts'
import { execInNetns } from './netns_exec.ts'
import { findNetns, NETNS_RUN_DIR, netnsOfPid } from './netns_id.ts'
import { parseS32 } from './numbers.ts'

function failure(ctx: Context, text: string): number {
  ctx.error(`${text}\n`)
  return EXIT_FAILURE
}

/** In the order in which /run/netns is read. */
function namedNetns(ctx: Context): readonly NetnsInfo[] {
  const r = ctx.request('netns.list', {})
  return r.ok ? r.value : []
}

function list(ctx: Context): number {
  const { out } = ctx
  out.begin(ctx.opt.json, ctx.opt.pretty)
  for (const n of namedNetns(ctx)) {
    out.openObject()
    out.field('name', n.name, n.name)
    if (n.nsid !== null) out.field('id', n.nsid, ` (id: ${n.nsid})`)
    out.text('\n')
    out.closeObject()
  }
  out.end()
  return 0
}

function printNsid(ctx: Context, nsid: number, name: string | null): void {
  const { out } = ctx
  out.openObject()
  out.field('nsid', nsid, `nsid ${nsid} `)
  if (name !== null) out.field('name', name, `(iproute2 netns name: ${name})`)
  out.text('\n')
  out.closeObject()
}

function takeNsid(args: Args, key: string): number {
  const text = args.next()
  const n = parseS32(text) ?? invalidArgument(`"${key}" value is invalid`, text)
  return n < 0 ? invalidArgument(`"${key}" value should be >= 0`, args.peek) : n
}

/** Only namespaces with a name are known to the request; ids of others are not listed. */
function listIds(ctx: Context, args: Args): number {
  let wanted: number | null = null
  while (args.more) {
    const key = args.take()
    if (key === 'target-nsid') notModelled('ip netns list-id target-nsid')
    else if (key === 'nsid') {
      if (wanted !== null) duplicate('nsid', key)
      wanted = takeNsid(args, 'nsid')
    } else usage(NETNS_HELP)
  }
  const known = ctx.request('netns.ids', {})
  const all = known.ok ? known.value : []
  const shown = wanted === null ? all : all.filter((n) => n.nsid === wanted)
  if (wanted !== null && shown.length === 0) {
    ctx.error('Error: Peer netns reference is invalid.\n')
    return EXIT_REFUSED
  }
  ctx.out.begin(ctx.opt.json, ctx.opt.pretty)
  for (const n of shown) printNsid(ctx, n.nsid, n.name)
  ctx.out.end()
  return 0
}

function add(ctx: Context, args: Args): number {
  if (!args.more) return failure(ctx, 'No netns name specified')
  const name = args.take()
  const r = ctx.request('netns.add', { name })
  if (r.ok) return 0
  return failure(ctx, `Cannot create namespace file "${NETNS_RUN_DIR}/${name}": ${strerror(r.errno)}`)
}

function remove(ctx: Context, name: string): number {
  const r = ctx.request('netns.del', { name })
  if (r.ok) return 0
  return failure(ctx, `Cannot remove namespace file "${NETNS_RUN_DIR}/${name}": ${strerror(r.errno)}`)
}

function del(ctx: Context, args: Args): number {
  if (ctx.opt.all) {
    for (const n of namedNetns(ctx)) if (remove(ctx, n.name) !== 0) break
    return 0
  }
  return args.more ? remove(ctx, args.take()) : failure(ctx, 'No netns name specified')
}

function set(ctx: Context, args: Args): number {
  if (!args.more) return failure(ctx, 'No netns name specified')
  const name = args.take()
  if (!args.more) return failure(ctx, 'No nsid specified')
  const text = args.take()
  const nsid = text === 'auto' ? -1 : (parseS32(text) ?? invalidArgument('Invalid "netnsid" value', text))
  if (text !== 'auto' && nsid < 0) invalidArgument('"netnsid" value should be >= 0', text)
  if (findNetns(ctx, name) === null) {
    return failure(ctx, `Cannot open network namespace "${name}": No such file or directory`)
  }
  return ctx.change('netns.set', { name, nsid })
}

function identify(ctx: Context, args: Args): number {
  if (args.count > 1) return failure(ctx, 'extra arguments specified')
  const text = args.more ? args.take() : null
  if (text !== null && !/^\d*$/.test(text)) return failure(ctx, `Specified string '${text}' is not a pid`)
  const id = text === null ? ctx.netns : netnsOfPid(ctx, Number(text))
  if (id === null) return failure(ctx, 'Cannot open network namespace: No such file or directory')
  const found = namedNetns(ctx).filter((n) => n.id === id)
  ctx.out.text(`${found.at(-1)?.name ?? ''}\n`)
  return 0
}

function pids(ctx: Context, args: Args): number {
  if (!args.more) return failure(ctx, 'No netns name specified')
  if (args.count > 1) return failure(ctx, 'extra arguments specified')
  const id = findNetns(ctx, args.take())
  if (id === null) return failure(ctx, 'Cannot open network namespace: No such file or directory')
  for (const pid of ctx.sys.pids(id)) ctx.out.text(`${pid}\n`)
  return 0
}

const invalidName = (name: string): boolean =>
  name === '' || name.length > 255 || name.includes('/') || name === '.' || name === '..'

export function netns(ctx: Context, words: readonly string[]): MainResult {
  const args = new Args(words)
  if (!args.more) return list(ctx)
  const command = args.take()
  if (!ctx.opt.all && args.more && invalidName(args.peek)) {
    throw new ToolExit(`Invalid netns name "${args.peek}"\n`, EXIT_USAGE)
  }
  if (['list', 'show', 'lst'].some((w) => matches(command, w))) return list(ctx)
  if (matches(command, 'list-id')) return listIds(ctx, args)
  if (matches(command, 'help')) usage(NETNS_HELP)
  if (matches(command, 'add')) return add(ctx, args)
  if (matches(command, 'set')) return set(ctx, args)
  if (matches(command, 'delete')) return del(ctx, args)
  if (matches(command, 'identify')) return identify(ctx, args)
  if (matches(command, 'pids')) return pids(ctx, args)
  if (matches(command, 'exec')) return execInNetns(ctx, args, namedNetns(ctx))
  if (matches(command, 'monitor')) notModelled('ip netns monitor')
  if (matches(command, 'attach')) {
    if (args.count < 2) return failure(ctx, 'No netns name and PID specified')
    notModelled('ip netns attach')
  }
  throw new ToolExit(`Command "${command}" is unknown, try "ip netns help".\n`, EXIT_USAGE)
}
