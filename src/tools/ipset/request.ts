// What was read, as requests to the kernel. Read first: uapi/ipset.ts, uapi/request.ts (SetChange).
import { maskOf } from '../../lib/ip4.ts'
import type { SetHeader } from '../../uapi/ipset.ts'
import type { SetChange } from '../../uapi/request.ts'
import type { ElementText } from './element.ts'
import type { Options } from './options.ts'
import type { TypeInfo } from './types.ts'

/** IPSET_DEFAULT_HASHSIZE, IPSET_DEFAULT_MAXELEM, AHASH_MAX_SIZE, IP_SET_LIST_DEFAULT_SIZE */
const HASHSIZE = 1024
const MAXELEM = 65536
const BUCKETSIZE = 12
const LIST_SIZE = 8

function rangeOf(o: Options): { readonly from: number; readonly to: number } {
  if (o.ports !== undefined) return { from: o.ports.port ?? 0, to: o.ports.portTo ?? o.ports.port ?? 0 }
  const from = o.from ?? 0
  if (o.cidr === undefined) return { from: from >>> 0, to: (o.to ?? from) >>> 0 }
  return { from: (from & maskOf(o.cidr)) >>> 0, to: (from | ~maskOf(o.cidr)) >>> 0 }
}

export function headerOf(name: string, type: TypeInfo, o: Options): SetHeader {
  const hash = type.name.startsWith('hash:')
  return {
    name,
    type: type.name,
    revision: type.revision,
    hashsize: hash ? (o.hashsize ?? HASHSIZE) : 0,
    maxelem: hash ? (o.maxelem ?? MAXELEM) : 0,
    netmask: o.netmask ?? 32,
    bucketsize: hash ? (o.bucketsize ?? BUCKETSIZE) : 0,
    initval: o.initval ?? 0,
    timeout: o.timeout ?? null,
    counters: o.counters === true,
    comment: o.comment !== undefined,
    skbinfo: o.skbinfo === true,
    forceadd: o.forceadd === true,
    ...rangeOf(o),
    size: type.name === 'list:set' ? (o.size ?? LIST_SIZE) : 0,
  }
}

export function changeOf(name: string, e: ElementText, o: Options, exist: boolean): SetChange {
  return {
    name,
    element: {
      ip: e.ip ?? 0,
      cidr: e.cidr ?? 32,
      port: e.port ?? 0,
      protocol: e.protocol ?? 0,
      ip2: e.ip2 ?? 0,
      cidr2: e.cidr2 ?? 32,
      member: e.member ?? '',
      nomatch: o.nomatch === true,
      timeout: o.timeout ?? null,
      packets: o.packets ?? null,
      bytes: o.bytes ?? null,
      comment: o.comment ?? null,
      skbmark: o.skbmark ?? null,
      skbprio: o.skbprio ?? null,
      skbqueue: o.skbqueue ?? null,
    },
    ipTo: e.ipTo ?? null,
    ip2To: e.ip2To ?? null,
    portTo: e.portTo ?? null,
    exist,
    before: o.before ?? e.before ?? null,
    after: o.after ?? e.after ?? null,
  }
}
