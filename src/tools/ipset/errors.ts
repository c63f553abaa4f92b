// The kernel's refusals in ipset's words (lib/errcode.c).
import { strerror } from '../../lib/errno.ts'
import type { IpsetErr } from '../../uapi/ipset.ts'
import type { Refusal } from '../../uapi/request.ts'

export type KernelCommand =
  | 'create'
  | 'add'
  | 'del'
  | 'test'
  | 'destroy'
  | 'list'
  | 'save'
  | 'flush'
  | 'rename'
  | 'swap'

const COMMON: Readonly<Partial<Record<IpsetErr, string>>> = Object.freeze({
  PROTOCOL: 'Kernel error received: ipset protocol error',
  FIND_TYPE: 'Kernel error received: set type not supported',
  MAX_SETS: 'Kernel error received: maximal number of sets reached, cannot create more.',
  INVALID_NETMASK: 'The value of the netmask parameter is invalid',
  INVALID_MARKMASK: 'The value of the markmask parameter is invalid',
  INVALID_FAMILY: 'Protocol family not supported by the set type',
  BUSY: 'Set cannot be destroyed: it is in use by a kernel component',
  REFERENCED: 'Set cannot be renamed: it is in use by another system',
  TYPE_MISMATCH: 'The sets cannot be swapped: their type does not match',
  INVALID_CIDR: 'The value of the CIDR parameter of the IP address is invalid',
  TIMEOUT: 'Timeout cannot be used: set was created without timeout support',
  IPADDR_IPV4: 'An IPv4 address is expected, but not received',
  IPADDR_IPV6: 'An IPv6 address is expected, but not received',
  COUNTER: 'Packet/byte counters cannot be used: set was created without counter support',
  COMMENT: 'Comment cannot be used: set was created without comment support',
  SKBINFO: 'Skbinfo mapping cannot be used: set was created without skbinfo support',
  BITMASK_NETMASK_EXCL: 'netmask and bitmask options are mutually exclusive, provide only one',
  BITMAP_RANGE: 'Element is out of the range of the set',
  BITMAP_RANGE_SIZE: 'The range you specified exceeds the size limit of the set type',
  HASH_FULL: 'Hash is full, cannot add more elements',
  HASH_ELEM: 'Null-valued element, cannot be stored in a hash type of set',
  INVALID_PROTO: 'Invalid protocol specified',
  MISSING_PROTO: 'Protocol missing, but must be specified',
  HASH_RANGE_UNSUPPORTED: 'Range is not supported in the "net" component of the element',
  HASH_RANGE: 'Invalid range, covers the whole address space',
  NAME: 'Set to be added/deleted/tested as element does not exist.',
  LOOP: 'Sets with list:set type cannot be added to the set.',
  BEFORE: 'No reference set specified.',
  NAMEREF: "The set to which you referred with 'before' or 'after' does not exist.",
  LIST_FULL: 'The set is full, more elements cannot be added.',
  REF_EXIST: "The set to which you referred with 'before' or 'after' is not added to the set.",
})

function ofCommand(name: IpsetErr, command: KernelCommand): string | null {
  if (name === 'EXIST' && command === 'add') return "Element cannot be added to the set: it's already added"
  if (name === 'EXIST' && command === 'del') return "Element cannot be deleted from the set: it's not added"
  if (name !== 'EXIST_SETNAME2') return null
  switch (command) {
    case 'rename':
      return 'Set cannot be renamed: a set with the new name already exists'
    case 'swap':
      return 'Sets cannot be swapped: the second set does not exist'
    default:
      return null
  }
}

/** ipset_errcode */
export function refusalText(refusal: Refusal, command: KernelCommand): string {
  const name = refusal.extack as IpsetErr | null
  const known = name === null ? null : (ofCommand(name, command) ?? COMMON[name] ?? null)
  if (known !== null) return known
  if (refusal.errno === 'ENOENT') return 'The set with the given name does not exist'
  if (refusal.errno === 'EEXIST' && command === 'create')
    return 'Set cannot be created: set with the same name already exists'
  return `Kernel error received: ${strerror(refusal.errno)}`
}
