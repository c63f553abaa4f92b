// What every printer needs besides the object: options, names, the clock. The tool's Context is one; a plain one serves
// the trace renderers and the typed API. Read first: output.ts.
import { formatIp4, type Ip4 } from '../../lib/ip4.ts'
import type { LinkInfo } from '../../uapi/request.ts'
import { Names } from './names.ts'
import { Printer } from './output.ts'
import type { Family } from './prefix.ts'

/** The global options: iproute2's variables of the same names. */
export interface Options {
  family: Family
  human: boolean
  iec: boolean
  stats: number
  details: boolean
  oneline: boolean
  brief: boolean
  json: boolean
  pretty: boolean
  resolve: boolean
  /** 0 none, 1 -timestamp, 2 -tshort */
  timestamp: number
  force: boolean
  all: boolean
  /** -loops: rounds of a flush, 0 for no limit. */
  loops: number
  batch: boolean
}

export function defaultOptions(): Options {
  return {
    family: 'unspec',
    human: false,
    iec: false,
    stats: 0,
    details: false,
    oneline: false,
    brief: false,
    json: false,
    pretty: false,
    resolve: false,
    timestamp: 0,
    force: false,
    all: false,
    loops: 10,
    batch: false,
  }
}

/** Names of devices, which printers need and parsers ask for. */
export interface DeviceNames {
  /** ll_index_to_name */
  name(ifindex: number): string
  /** ll_name_to_index; 0 when there is none. */
  index(name: string): number
}

export interface PrintEnv {
  readonly out: Printer
  readonly opt: Options
  readonly names: Names
  /** Virtual time in ns, for lifetimes. */
  now(): number
  /** Name of a device. */
  name(ifindex: number): string
  link(ifindex: number): LinkInfo | null
  host(addr: Ip4): string
}

/** Printing without a process: built-in names, text, default options. */
export function plainEnv(device: (ifindex: number) => string, now = 0): PrintEnv {
  return {
    out: new Printer(),
    opt: defaultOptions(),
    names: new Names(null),
    now: () => now,
    name: device,
    link: () => null,
    host: formatIp4,
  }
}
