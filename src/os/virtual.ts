// Virtual files: which provider answers for which mount. Every question is asked anew, in the asking process's namespace.
// Read first: os/vfs.ts. The providers: os/procfs.ts, os/sysfs.ts.
import type { IoResult } from '../uapi/program.ts'
import type { Netlink, NetnsId } from '../uapi/request.ts'
import type { MountKind, Node, VirtualRef } from './node.ts'
import type { Process } from './process.ts'
import { proc } from './procfs.ts'
import { runNetns, sysClassNet, sysDevicesNet } from './sysfs.ts'

/** Who asks, and what of the machine a provider may look at. */
export interface Asker {
  readonly pid: number
  readonly netns: NetnsId
  readonly cwd: string
  readonly machine: MachineView
  /** Bind mounts that only this process (and its children) see: covered node → what lies there instead. */
  readonly binds?: ReadonlyMap<Node, Node>
}

export interface MachineView {
  readonly netlink: Netlink
  readonly hostname: string
  readonly now: number
  readonly processes: ReadonlyMap<number, Process>
  setHostname(name: string): void
  charge(steps: number): void
}

export interface VirtualFileNode {
  readonly type: 'file'
  readonly mode: number
  readonly size: number
  read(): IoResult<string>
  /** One write(2). */
  write(text: string): IoResult<null>
}

export type VirtualNode =
  | VirtualFileNode
  | { readonly type: 'directory'; list(): readonly string[] }
  | { readonly type: 'symlink'; readonly target: string }

export type Provider = (who: Asker, path: readonly string[]) => VirtualNode | null

const PROVIDERS: Readonly<Record<MountKind, Provider>> = Object.freeze({
  proc,
  'sys-class-net': sysClassNet,
  'sys-devices-net': sysDevicesNet,
  'run-netns': runNetns,
})

/** What is behind a virtual name; null when there is nothing. */
export function virtualLookup(ref: VirtualRef, who: Asker): VirtualNode | null {
  return PROVIDERS[ref.mount](who, ref.path)
}

/** A file that can only be read. */
export function readOnly(read: () => IoResult<string>, size = 0, mode = 0o444): VirtualFileNode {
  return { type: 'file', mode, size, read, write: () => ({ ok: false, errno: 'EACCES' }) }
}

export function directory(names: readonly string[]): VirtualNode {
  return { type: 'directory', list: () => names }
}
