// /proc: sys/net (the sysctls of the asking process's namespace), sys/kernel, PID, self, net, uptime, version.
// Read first: os/virtual.ts; the tables of /proc/net: os/procnet.ts. Leaves out memory, scheduling and cgroup files.
import type { IoResult } from '../uapi/program.ts'
import type { Process } from './process.ts'
import { PROC_NET, procNetFile } from './procnet.ts'
import { xtDirectories, xtNode } from './procnet_xt.ts'
import { type Asker, directory, readOnly, type VirtualNode } from './virtual.ts'

const text = (value: string): IoResult<string> => ({ ok: true, value })

export const OS_RELEASE = '6.1.0-netsim'
const OS_VERSION = '#1 SMP PREEMPT_DYNAMIC netsim'

const KERNEL: Readonly<Record<string, (who: Asker) => string>> = Object.freeze({
  domainname: () => '(none)',
  hostname: (who) => who.machine.hostname,
  osrelease: () => OS_RELEASE,
  ostype: () => 'Linux',
  pid_max: () => '4194304',
  version: () => OS_VERSION,
})

function kernelFile(who: Asker, name: string): VirtualNode | null {
  const show = KERNEL[name]
  if (show === undefined) return null
  const read = (): IoResult<string> => text(`${show(who)}\n`)
  if (name !== 'hostname') return readOnly(read)
  return {
    type: 'file',
    mode: 0o644,
    size: 0,
    read,
    write: (t) => {
      who.machine.setHostname(t.trim())
      return { ok: true, value: null }
    },
  }
}

/** A file or directory below /proc/sys/net, by asking the kernel for its sysctls. */
function sysctlNode(who: Asker, parts: readonly string[]): VirtualNode | null {
  const path = parts.join('/')
  const netlink = who.machine.netlink
  const one = path === '' ? null : netlink.request(who.netns, 'sysctl.get', { path })
  // EACCES: a file that can only be written (route/flush); anything but "no such file" is a file.
  if (one !== null && (one.ok || one.errno === 'EACCES')) {
    return {
      type: 'file',
      mode: one.ok ? (one.value.writable ? 0o644 : 0o444) : 0o200,
      size: 0,
      read: () => {
        const r = netlink.request(who.netns, 'sysctl.get', { path })
        return r.ok ? text(`${r.value.value}\n`) : { ok: false, errno: r.errno }
      },
      write: (t) => {
        const r = netlink.request(who.netns, 'sysctl.set', { path, value: t })
        return r.ok ? { ok: true, value: null } : { ok: false, errno: r.errno }
      },
    }
  }
  const dir = netlink.request(who.netns, 'sysctl.isDirectory', { path })
  if (!dir.ok || !dir.value) return null
  const at = parts.length
  return {
    type: 'directory',
    list: () => {
      const below = netlink.request(who.netns, 'sysctl.list', { path })
      const names = below.ok ? below.value.map((e) => e.path.split('/')[at] ?? '') : []
      return [...new Set(names)].filter((n) => n !== '')
    },
  }
}

function sys(who: Asker, path: readonly string[]): VirtualNode | null {
  const [area, ...rest] = path
  if (area === undefined) return directory(['kernel', 'net'])
  if (area === 'net') return sysctlNode(who, rest)
  if (area !== 'kernel') return null
  if (rest.length === 0) return directory(Object.keys(KERNEL))
  return rest.length === 1 ? kernelFile(who, rest[0]!) : null
}

const PID_FILES = Object.freeze(['cmdline', 'comm', 'cwd', 'environ', 'exe', 'fd', 'net', 'ns', 'stat', 'status'])

function stateLetter(p: Process, who: Asker): string {
  if (p.state === 'zombie') return 'Z (zombie)'
  if (p.stopped) return 'T (stopped)'
  return p.pid === who.pid ? 'R (running)' : 'S (sleeping)'
}

function statusText(p: Process, who: Asker): string {
  const ids = (n: number): string => `${n}\t${n}\t${n}\t${n}`
  const umask = p.umask.toString(8).padStart(4, '0')
  return (
    `Name:\t${p.comm}\nUmask:\t${umask}\nState:\t${stateLetter(p, who)}\nTgid:\t${p.pid}\nNgid:\t0\nPid:\t${p.pid}\n` +
    `PPid:\t${p.ppid}\nTracerPid:\t0\nUid:\t${ids(p.uid)}\nGid:\t${ids(p.gid)}\nThreads:\t1\n`
  )
}

/** Inode of a namespace as /proc/PID/ns/net shows it. */
export function netnsInode(netns: number): number {
  return 4026531840 + netns
}

function pidNode(who: Asker, p: Process, path: readonly string[]): VirtualNode | null {
  const [name, rest] = path
  switch (name) {
    case undefined:
      return directory(PID_FILES)
    case 'net':
      return procNet({ pid: who.pid, netns: p.netns, cwd: who.cwd, machine: who.machine }, path.slice(1))
    case 'ns':
      if (rest === undefined) return directory(['net'])
      return rest === 'net' && path.length === 2 ? { type: 'symlink', target: `net:[${netnsInode(p.netns)}]` } : null
    case 'fd':
      return fdNode(p, path.slice(1))
  }
  if (path.length > 1) return null
  switch (name) {
    case 'comm':
      return readOnly(() => text(`${p.comm}\n`))
    case 'cmdline':
      return readOnly(() => text(p.argv.map((a) => `${a}\0`).join('')))
    case 'environ':
      return readOnly(() => text([...p.env].map(([k, v]) => `${k}=${v}\0`).join('')), 0, 0o400)
    case 'cwd':
      return { type: 'symlink', target: p.cwd }
    case 'exe':
      return { type: 'symlink', target: `/usr/bin/${p.comm}` }
    case 'status':
      return readOnly(() => text(statusText(p, who)))
    case 'stat':
      return readOnly(() => text(`${p.pid} (${p.comm}) ${stateLetter(p, who)[0]} ${p.ppid} ${p.pgid} ${p.pgid} 0 -1\n`))
    default:
      return null
  }
}

function fdNode(p: Process, path: readonly string[]): VirtualNode | null {
  if (path.length === 0) return directory([...p.fds.keys()].sort((a, b) => a - b).map(String))
  const file = /^\d+$/.test(path[0]!) ? p.fds.get(Number(path[0])) : undefined
  if (file === undefined || path.length > 1) return null
  const target =
    file.kind === 'data' || file.kind === 'virtual'
      ? file.path
      : file.kind === 'device'
        ? `/dev/${file.device}`
        : file.kind === 'terminal'
          ? '/dev/tty'
          : `${file.kind}:[${file.kind === 'socket' ? file.socket : p.pid}]`
  return { type: 'symlink', target }
}

function procNet(who: Asker, path: readonly string[]): VirtualNode | null {
  if (path.length === 0) return directory([...PROC_NET, ...xtDirectories(who)])
  const [name] = path
  if (path.length > 1 || !PROC_NET.includes(name!)) return xtNode(who, path)
  return readOnly(() => text(procNetFile(who, name!)))
}

export function proc(who: Asker, path: readonly string[]): VirtualNode | null {
  const [name, ...rest] = path
  if (name === undefined) {
    return directory(['net', 'self', 'sys', 'uptime', 'version', ...[...who.machine.processes.keys()].map(String)])
  }
  if (name === 'sys') return sys(who, rest)
  if (/^\d+$/.test(name)) {
    const p = who.machine.processes.get(Number(name))
    return p === undefined ? null : pidNode(who, p, rest)
  }
  if (rest.length > 0) return null
  switch (name) {
    case 'self':
      return { type: 'symlink', target: String(who.pid) }
    case 'net':
      return { type: 'symlink', target: 'self/net' }
    case 'version':
      return readOnly(() => text(`Linux version ${OS_RELEASE} (netsim) ${OS_VERSION}\n`))
    case 'uptime': {
      const seconds = (who.machine.now / 1e9).toFixed(2)
      return readOnly(() => text(`${seconds} ${seconds}\n`))
    }
    default:
      return null
  }
}
