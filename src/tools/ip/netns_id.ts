// Which namespace a word means: a name under /run/netns, a path, or the id of a process.
import type { NetnsId } from '../../uapi/request.ts'
import type { Context } from './context.ts'
import { parseS32 } from './numbers.ts'

export const NETNS_RUN_DIR = '/run/netns'

/** Process 1 is never listed, but it is always there, in the machine's own namespace. */
const INIT_PID = 1
const INIT_NETNS: NetnsId = 0

/** The namespace of that name, or null. */
export function findNetns(ctx: Context, name: string): NetnsId | null {
  const r = name === '' ? null : ctx.request('netns.find', { name })
  return r?.ok ? r.value : null
}

/** The namespace that a process is in; null when there is no such process in a namespace that can be seen. */
export function netnsOfPid(ctx: Context, pid: number): NetnsId | null {
  if (pid === ctx.sys.pid) return ctx.netns
  if (pid === INIT_PID) return INIT_NETNS
  const named = ctx.request('netns.list', {})
  const ids = new Set([0, ctx.sys.netns, ...(named.ok ? named.value.map((n) => n.id) : [])])
  for (const id of ids) if (ctx.sys.pids(id).includes(pid)) return id
  return null
}

/** netns_get_fd: a name, or with a slash in it a path. */
function netnsByPath(ctx: Context, text: string): NetnsId | null {
  if (!text.includes('/')) return findNetns(ctx, text)
  const name = /^(?:\/var)?\/run\/netns\/([^/]+)$/.exec(text)?.[1]
  if (name !== undefined) return findNetns(ctx, name)
  const pid = /^\/proc\/(self|\d+)\/ns\/net$/.exec(text)?.[1]
  return pid === undefined ? null : pid === 'self' ? ctx.netns : netnsOfPid(ctx, Number(pid))
}

/** What "netns X" names: a namespace, a process that does not exist, or nothing that makes sense. */
type NetnsWord =
  | { readonly kind: 'found'; readonly id: NetnsId }
  | { readonly kind: 'no-process' }
  | { readonly kind: 'invalid' }

export function parseNetns(ctx: Context, text: string): NetnsWord {
  const id = netnsByPath(ctx, text)
  if (id !== null) return { kind: 'found', id }
  const pid = parseS32(text)
  if (pid === null) return { kind: 'invalid' }
  const of = netnsOfPid(ctx, pid)
  return of === null ? { kind: 'no-process' } : { kind: 'found', id: of }
}
