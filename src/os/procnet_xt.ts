// /proc/net/xt_recent and /proc/net/ipt_hashlimit: what -m recent and -m hashlimit remember, one file for each of their names.
// Read first: procnet.ts; uapi/request.ts, RecentInfo and HashlimitInfo. A directory is there once a rule of its match was made.
import { formatIp4 } from '../lib/ip4.ts'
import { unreachable } from '../lib/never.ts'
import type { HashlimitInfo, RecentInfo } from '../uapi/request.ts'
import { type Asker, directory, readOnly, type VirtualNode } from './virtual.ts'

const DIRECTORIES = Object.freeze({ xt_recent: 'recent', ipt_hashlimit: 'hashlimit' } as const)
type Kind = (typeof DIRECTORIES)[keyof typeof DIRECTORIES]

/** Null: there is no such directory (yet). */
function names({ machine, netns }: Asker, kind: Kind): readonly string[] | null {
  const r = machine.netlink.request(netns, kind === 'recent' ? 'recent.names' : 'hashlimit.names', {})
  return r.ok ? r.value : null
}

/** Those of the two that are there. */
export function xtDirectories(who: Asker): string[] {
  return Object.entries(DIRECTORIES).flatMap(([dir, kind]) => (names(who, kind) === null ? [] : [dir]))
}

/** recent_seq_show */
function recentLine(e: RecentInfo): string {
  const stamps = e.stamps.map((s) => ` ${s}`).join(',')
  return `src=${formatIp4(e.addr)} ttl: ${e.ttl} last_seen: ${e.lastSeen} oldest_pkt: ${e.index}${stamps}\n`
}

/** dl_seq_print */
function hashlimitLine(b: HashlimitInfo): string {
  const ends = `${formatIp4(b.src)}:${b.sport}->${formatIp4(b.dst)}:${b.dport}`
  return `${b.seconds} ${ends} ${b.credit} ${b.creditCap} ${b.cost}\n`
}

function recentFile({ machine: { netlink }, netns }: Asker, name: string): VirtualNode {
  return {
    type: 'file',
    mode: 0o644,
    size: 0,
    read: () => {
      const r = netlink.request(netns, 'recent.get', { name })
      return r.ok ? { ok: true, value: r.value.map(recentLine).join('') } : r
    },
    write: (text) => netlink.request(netns, 'recent.write', { name, text }),
  }
}

function hashlimitFile({ machine: { netlink }, netns }: Asker, name: string): VirtualNode {
  return readOnly(() => {
    const r = netlink.request(netns, 'hashlimit.get', { name })
    return r.ok ? { ok: true, value: r.value.map(hashlimitLine).join('') } : r
  })
}

/** What is below /proc/net/xt_recent or ipt_hashlimit, or one of these; null when there is nothing. */
export function xtNode(who: Asker, path: readonly string[]): VirtualNode | null {
  const [dir, name] = path
  if (dir === undefined || !Object.hasOwn(DIRECTORIES, dir) || path.length > 2) return null
  const kind = DIRECTORIES[dir as keyof typeof DIRECTORIES]
  const all = names(who, kind)
  if (all === null) return null
  if (name === undefined) return directory(all)
  if (!all.includes(name)) return null
  switch (kind) {
    case 'recent':
      return recentFile(who, name)
    case 'hashlimit':
      return hashlimitFile(who, name)
    default:
      return unreachable(kind)
  }
}
