// Who holds a socket: every process with a descriptor for it, as ss -p finds them in /proc/PID/fd.
// Read first: ss.ts. Newest process first and its highest descriptor first, the order of the real one's list.

import type { Sys } from '../../uapi/program.ts'
import type { SocketId } from '../../uapi/socket.ts'

/** Socket → the text of its `users:` column. */
export function socketHolders(sys: Sys): ReadonlyMap<SocketId, string> {
  const found = new Map<SocketId, string[]>()
  const proc = sys.readDir('/proc')
  const pids = proc.ok ? proc.value.filter((n) => /^\d+$/.test(n)) : []
  for (const pid of pids.sort((a, b) => Number(a) - Number(b))) {
    const fds = sys.readDir(`/proc/${pid}/fd`)
    const comm = sys.readFile(`/proc/${pid}/comm`)
    if (!fds.ok || !comm.ok) continue
    for (const fd of fds.value) {
      const target = sys.readlink(`/proc/${pid}/fd/${fd}`)
      const inode = target.ok ? /^socket:\[(\d+)\]$/.exec(target.value)?.[1] : undefined
      if (inode === undefined) continue
      const holders = found.get(Number(inode)) ?? []
      holders.unshift(`("${comm.value.trimEnd()}",pid=${pid},fd=${fd})`)
      found.set(Number(inode), holders)
    }
  }
  return new Map([...found].map(([inode, holders]) => [inode, `users:(${holders.join(',')})`]))
}
