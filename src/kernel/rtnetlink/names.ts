// Names and numbers of devices (net/core/dev.c: dev_valid_name, __dev_alloc_name, dev_get_valid_name, dev_new_index).

import { utf8Length } from '../../lib/utf8.ts'
import { linkByIndex, linkByName } from '../core/links.ts'
import type { NetNs } from '../core/netns.ts'
import type { Transaction } from '../core/transaction.ts'

/** Bytes of a device name with its final zero. */
const IFNAMSIZ = 16
const MAX_NETDEVICES = 32768

/** Not empty, shorter than 16 bytes, not "." or "..", without slash, colon and blanks. */
export function dev_valid_name(name: string): boolean {
  if (name === '' || name === '.' || name === '..') return false
  return utf8Length(name) < IFNAMSIZ && !/[/:\s]/.test(name)
}

/** The lowest free number for a pattern with %d. */
function dev_alloc_name(tx: Transaction, net: NetNs, pattern: string): string {
  const at = pattern.indexOf('%')
  const head = pattern.slice(0, at)
  const tail = pattern.slice(at + 2)
  if (pattern[at + 1] !== 'd' || tail.includes('%')) tx.refuse('EINVAL')
  tx.kernel.charge(net.cfg.links.size >> 1)
  const used = new Set<number>()
  for (const link of tx.links(net)) {
    const name = link.name
    if (!name.startsWith(head) || !name.endsWith(tail)) continue
    const i = Number(name.slice(head.length, name.length - tail.length))
    if (`${head}${i}${tail}` === name) used.add(i)
  }
  let i = 0
  while (used.has(i)) i++
  const name = `${head}${i}${tail}`
  if (i >= MAX_NETDEVICES || name.length >= IFNAMSIZ) tx.refuse('ENFILE')
  return name
}

/** The name that a device asking for `name` gets: EINVAL, or EEXIST when it is taken. */
export function dev_get_valid_name(tx: Transaction, net: NetNs, name: string): string {
  if (!dev_valid_name(name)) tx.refuse('EINVAL')
  if (name.includes('%')) return dev_alloc_name(tx, net, name)
  if (linkByName(tx, net, name) !== null) tx.refuse('EEXIST')
  return name
}

/** The next free ifindex after the last one given; it is used up even when the request is refused later. */
export function dev_new_index(tx: Transaction, net: NetNs): number {
  let i = tx.view(net).nextIfindex
  while (linkByIndex(tx, net, i) !== null) i++
  tx.useIfindex(net, i + 1)
  return i
}
