// Namespaces: creation, names, deletion (net/core/net_namespace.c, /run/netns).
import type { NetnsConfig } from '../../uapi/config.ts'
import type { Handlers } from '../handlers.ts'

/** Configuration of a fresh namespace: lo down, three rules, defaults; sysctls inherit from the initial namespace as devconf_inherit_init_net says (1: from init; null = this is the initial one, lo up). */
export function initialNetnsConfig(_init: NetnsConfig | null): NetnsConfig {
  throw new Error('unwritten')
}

export const netnsHandlers: Handlers<'netns.add' | 'netns.del' | 'netns.list' | 'netns.find' | 'netns.set'> =
  {} as never
