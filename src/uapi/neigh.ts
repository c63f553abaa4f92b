// Neighbour table entries as requests and listings see them. Constants: include/uapi/linux/neighbour.h.
import type { Ip4 } from '../lib/ip4.ts'
import type { Mac } from '../lib/mac.ts'

export const NUD_INCOMPLETE = 0x01
export const NUD_REACHABLE = 0x02
export const NUD_STALE = 0x04
export const NUD_DELAY = 0x08
export const NUD_PROBE = 0x10
export const NUD_FAILED = 0x20
export const NUD_NOARP = 0x40
export const NUD_PERMANENT = 0x80
export const NUD_NONE = 0x00

/** NUD_* and their names, in the order they are printed. */
export const NUD_NAMES: readonly (readonly [number, string])[] = Object.freeze([
  [NUD_INCOMPLETE, 'INCOMPLETE'],
  [NUD_REACHABLE, 'REACHABLE'],
  [NUD_STALE, 'STALE'],
  [NUD_DELAY, 'DELAY'],
  [NUD_PROBE, 'PROBE'],
  [NUD_FAILED, 'FAILED'],
  [NUD_NOARP, 'NOARP'],
  [NUD_PERMANENT, 'PERMANENT'],
] as const)

export const NUD_IN_TIMER = NUD_INCOMPLETE | NUD_REACHABLE | NUD_DELAY | NUD_PROBE
export const NUD_VALID = NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_PROBE | NUD_STALE | NUD_DELAY
export const NUD_CONNECTED = NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE

export const NTF_USE = 0x01
export const NTF_PROXY = 0x08
export const NTF_EXT_LEARNED = 0x10
export const NTF_ROUTER = 0x80

/** A neighbour as RTM_NEWNEIGH shows it. */
export interface NeighEntry {
  readonly dst: Ip4
  readonly ifindex: number
  /** Null while it is not known. */
  readonly lladdr: Mac | null
  /** NUD_… */
  readonly state: number
  /** NTF_… */
  readonly flags: number
  readonly protocol: number
  /** Seconds since last used / confirmed / updated (NDA_CACHEINFO), refcount, probes sent. */
  readonly used: number
  readonly confirmed: number
  readonly updated: number
  readonly refcnt: number
  readonly probes: number
}
