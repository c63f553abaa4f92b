// What `ipset` asks (net/netfilter/ipset/ip_set_core.c). Read first: sets.ts, adt.ts.
// Sets are what packets change, not configuration: requests change them in place, and a range that is refused half way stays half done.
import { maskOf } from '../../../lib/ip4.ts'
import type { IpsetErr, SetElement, SetHeader, SetInfo } from '../../../uapi/ipset.ts'
import type { SetChange } from '../../../uapi/request.ts'
import type { NetNs } from '../../core/netns.ts'
import type { Transaction } from '../../core/transaction.ts'
import type { Handlers } from '../../handlers.ts'
import { LOG_WARNING, printk } from '../klog.ts'
import { changeSet, testSet } from './adt.ts'
import { BitmapSet } from './bitmap.ts'
import { HashSet } from './hash.ts'
import { decode, type HashType, Key, Parts } from './layout.ts'
import { ListSet } from './list.ts'
import { IpSet, type SetData } from './sets.ts'

/** IPSET_MIMINAL_HASHSIZE (the kernel's spelling), IP_SET_LIST_MIN_SIZE, AHASH_INIT_SIZE, AHASH_MAX_SIZE, IPSET_BITMAP_MAX_RANGE */
const MIN_HASHSIZE = 64
const MIN_LIST_SIZE = 4
const MIN_BUCKET = 2
const MAX_BUCKET = 12
const MAX_RANGE = 0xffff

function no(tx: Transaction, error: IpsetErr): never {
  return tx.refuse('EINVAL', error)
}

function find(tx: Transaction, net: NetNs, name: string): IpSet {
  return net.nf.sets.get(name) ?? tx.refuse('ENOENT')
}

/** range_to_mask: the prefix length that is exactly this range; -1 without. */
function prefixOfRange(from: number, to: number): number {
  for (let cidr = 0; cidr <= 32; cidr++)
    if ((from & maskOf(cidr)) >>> 0 === from && (from | ~maskOf(cidr)) >>> 0 === to) return cidr
  return -1
}

function makeBitmapIp(tx: Transaction, h: SetHeader, cidr: number | null, now: number): IpSet {
  if (cidr !== null && cidr >= 32) no(tx, 'INVALID_CIDR')
  const first = Math.min(h.from >>> 0, h.to >>> 0)
  const last = Math.max(h.from >>> 0, h.to >>> 0)
  const mask = maskOf(h.netmask)
  const from = (first & mask) >>> 0
  const to = (last | ~mask) >>> 0
  const whole = h.netmask === 32 ? 0 : prefixOfRange(from, to)
  if (h.netmask !== 32 && (whole < 0 || h.netmask <= whole)) no(tx, 'BITMAP_RANGE')
  const length = h.netmask === 32 ? to - from + 1 : 2 ** (h.netmask - whole)
  if (length > MAX_RANGE + 1) no(tx, 'BITMAP_RANGE_SIZE')
  const header = Object.freeze({ ...h, from, to })
  return new IpSet(header, { kind: 'bitmap', type: 'bitmap:ip', set: new BitmapSet(header, 'bitmap:ip', length, now) })
}

function makeBitmapPort(h: SetHeader, now: number): IpSet {
  const header = Object.freeze({ ...h, from: Math.min(h.from, h.to), to: Math.max(h.from, h.to) })
  const length = header.to - header.from + 1
  const set = new BitmapSet(header, 'bitmap:port', length, now)
  return new IpSet(header, { kind: 'bitmap', type: 'bitmap:port', set })
}

function makeHash(tx: Transaction, h: SetHeader, type: HashType, initval: number | null, now: number): IpSet {
  const hashsize = Math.max(MIN_HASHSIZE, h.hashsize)
  if (hashsize > 2 ** 31) tx.refuse('ENOMEM')
  const even = h.bucketsize + (h.bucketsize % 2)
  const bucketsize = Math.min(MAX_BUCKET, Math.max(MIN_BUCKET, even))
  const seed = initval ?? tx.kernel.random.u32()
  const header = Object.freeze({ ...h, hashsize, bucketsize, initval: seed })
  return new IpSet(header, { kind: 'hash', type, set: new HashSet(header, type, seed, now) })
}

function make(tx: Transaction, h: SetHeader, initval: number | null, cidr: number | null): IpSet {
  const { now } = tx.kernel.sim
  switch (h.type) {
    case 'bitmap:ip':
      return makeBitmapIp(tx, h, cidr, now)
    case 'bitmap:port':
      return makeBitmapPort(h, now)
    case 'list:set': {
      const header = Object.freeze({ ...h, size: Math.max(MIN_LIST_SIZE, h.size) })
      return new IpSet(header, { kind: 'list', type: 'list:set', set: new ListSet(header, now) })
    }
    default:
      return makeHash(tx, h, h.type, initval, now)
  }
}

/** same_set: what -exist takes for the same set again. */
function same(a: SetHeader, b: SetHeader): boolean {
  return (
    a.type === b.type &&
    a.maxelem === b.maxelem &&
    a.netmask === b.netmask &&
    a.timeout === b.timeout &&
    a.counters === b.counters &&
    a.comment === b.comment &&
    a.skbinfo === b.skbinfo &&
    a.from === b.from &&
    a.to === b.to &&
    a.size === b.size
  )
}

function create(tx: Transaction, net: NetNs, set: IpSet, exist: boolean): void {
  const { sets } = net.nf
  const clash = sets.get(set.name)
  if (clash !== null) {
    if (exist && same(set.header, clash.header)) return
    tx.refuse('EEXIST')
  }
  if (!sets.put(set)) no(tx, 'MAX_SETS')
}

/** Members of a list are no longer referred to. */
function drop(net: NetNs, set: IpSet): void {
  if (set.data.kind === 'list') net.nf.sets.release(set.data.set.flush())
}

function destroy(tx: Transaction, net: NetNs, name: string | null): void {
  const { sets } = net.nf
  if (name !== null) {
    const set = find(tx, net, name)
    if (set.references > 0) no(tx, 'BUSY')
    drop(net, set)
    sets.remove(sets.find(name))
    return
  }
  const all = sets.places.filter((s) => s !== null)
  if (all.some((s) => s.references > 0)) no(tx, 'BUSY')
  for (const set of all) {
    drop(net, set)
    sets.remove(sets.find(set.name))
  }
}

function flushOne(net: NetNs, set: IpSet): void {
  if (set.data.kind === 'list') drop(net, set)
  else set.data.set.flush()
}

/** IPSET_TYPE_…: what two sets have to have in common to be swapped. */
function features(d: SetData): string {
  if (d.kind === 'list') return 'name'
  return d.type.replace(/^(hash|bitmap):/, '').replace(/,ip$|(?<=,)net$/, '2')
}

function swap(tx: Transaction, net: NetNs, from: string, to: string): void {
  const { sets } = net.nf
  const a = find(tx, net, from)
  const b = sets.get(to)
  if (b === null) no(tx, 'EXIST_SETNAME2')
  if (features(a.data) !== features(b.data)) no(tx, 'TYPE_MISMATCH')
  sets.swap(sets.find(from), sets.find(to))
}

function rename(tx: Transaction, net: NetNs, from: string, to: string): void {
  const { sets } = net.nf
  const set = find(tx, net, from)
  if (set.references > 0) no(tx, 'REFERENCED')
  if (sets.get(to) !== null) no(tx, 'EXIST_SETNAME2')
  sets.rename(sets.find(from), to)
}

const NOTHING: SetElement = Object.freeze({
  ip: 0,
  cidr: 32,
  port: 0,
  protocol: 0,
  ip2: 0,
  cidr2: 32,
  member: '',
  nomatch: false,
  timeout: null,
  packets: null,
  bytes: null,
  comment: null,
  skbmark: null,
  skbprio: null,
  skbqueue: null,
})

function hashElements(set: HashSet, type: HashType, now: number): SetElement[] {
  const key = new Key()
  const parts = new Parts()
  return set.live(now).map((row) => {
    set.keyAt(row, key)
    const { ip, cidr, port, protocol, ip2, cidr2 } = decode(type, key.k0, key.k1, key.k2, parts)
    return { ...NOTHING, ip, cidr, port, protocol, ip2, cidr2, nomatch: set.nomatchAt(row), ...set.ext.read(row, now) }
  })
}

function elementsOf(net: NetNs, { data }: IpSet, now: number): SetElement[] {
  switch (data.kind) {
    case 'hash':
      data.set.collect(now)
      return hashElements(data.set, data.type, now)
    case 'bitmap':
      data.set.collect(now)
      return data.set.live(now).map((id) => {
        const value = data.set.from + id * data.set.hosts
        const place = data.type === 'bitmap:ip' ? { ip: value | 0 } : { port: value }
        return { ...NOTHING, ...place, ...data.set.ext.read(id, now) }
      })
    case 'list':
      net.nf.sets.release(data.set.collect(now))
      return data.set.live(now).map((m) => {
        const member = net.nf.sets.at(m.index)?.name ?? ''
        return { ...NOTHING, member, ...data.set.ext.read(m.row, now) }
      })
  }
}

function headerOf(set: IpSet): SetHeader {
  const { data, name } = set
  return { ...set.header, name, hashsize: data.kind === 'hash' ? data.set.hashsize : set.header.hashsize }
}

function info(tx: Transaction, net: NetNs, set: IpSet): SetInfo {
  const elements = elementsOf(net, set, tx.kernel.sim.now)
  const { data } = set
  let entries = elements.length
  if (data.kind === 'bitmap') entries = data.set.elements
  if (data.kind === 'list') entries = data.set.members.length
  return { header: headerOf(set), references: set.references, memsize: data.set.memsize, entries, elements }
}

/** ip_set_dump: in the order of their places, lists after all others. */
function list(tx: Transaction, net: NetNs, name: string | null): SetInfo[] {
  if (name !== null) return [info(tx, net, find(tx, net, name))]
  const all = net.nf.sets.places.filter((s) => s !== null)
  const ordered = [...all.filter((s) => s.data.kind !== 'list'), ...all.filter((s) => s.data.kind === 'list')]
  return ordered.map((s) => info(tx, net, s))
}

function change(tx: Transaction, net: NetNs, op: 'add' | 'del', req: SetChange): null {
  const set = find(tx, net, req.name)
  const error = changeSet(net.nf.sets, set, op, req, tx.kernel.sim.now)
  if (error === null) return null
  if (error !== 'full') return no(tx, error)
  printk(tx.kernel, LOG_WARNING, `Set ${set.name} is full, maxelem ${set.header.maxelem} reached`)
  return no(tx, 'HASH_FULL')
}

type SetOp =
  | 'set.create'
  | 'set.destroy'
  | 'set.flush'
  | 'set.rename'
  | 'set.swap'
  | 'set.list'
  | 'set.header'
  | 'set.add'
  | 'set.del'
  | 'set.test'

export const setHandlers: Handlers<SetOp> = Object.freeze({
  'set.create': (tx, net, req) => {
    create(tx, net, make(tx, req.header, req.initval, req.cidr), req.exist)
    return null
  },
  'set.destroy': (tx, net, req) => {
    destroy(tx, net, req.name)
    return null
  },
  'set.flush': (tx, net, req) => {
    const chosen = req.name === null ? net.nf.sets.places.filter((s) => s !== null) : [find(tx, net, req.name)]
    for (const set of chosen) flushOne(net, set)
    return null
  },
  'set.rename': (tx, net, req) => {
    rename(tx, net, req.from, req.to)
    return null
  },
  'set.swap': (tx, net, req) => {
    swap(tx, net, req.from, req.to)
    return null
  },
  'set.list': (tx, net, req) => list(tx, net, req.name),
  'set.header': (tx, net, req) => headerOf(find(tx, net, req.name)),
  'set.add': (tx, net, req) => change(tx, net, 'add', req),
  'set.del': (tx, net, req) => change(tx, net, 'del', req),
  'set.test': (tx, net, req) => testSet(net.nf.sets, find(tx, net, req.name), req, tx.kernel.sim.now),
} satisfies Handlers<SetOp>)
