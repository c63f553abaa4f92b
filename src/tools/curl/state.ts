// What a running curl remembers. Plain data: copied by fork() while the transfer runs.
import type { Ip4 } from '../../lib/ip4.ts'
import type { Lookup } from '../lib/resolve.ts'
import type { CurlOptions } from './options.ts'
import type { Response } from './response.ts'
import type { Url } from './url.ts'

/** Timer ids. */
export const MAX_TIME = 1
export const CONNECT_TIME = 2
export const TICK = 3
export const LOOKUP = 4

export interface CurlState {
  readonly opt: CurlOptions
  phase: 'resolve' | 'connect' | 'send' | 'receive' | 'done'
  /** Index of the URL being fetched. */
  index: number
  url: Url
  lookup: Lookup | null
  addresses: Ip4[]
  address: number
  s: number
  fd: number
  /** Connections opened so far; the number in "(#0)". */
  connections: number
  /** Bytes of the request that are not sent yet. */
  unsent: Uint8Array
  bodySize: number
  response: Response
  /** Body and headers held for stdout. */
  held: Uint8Array
  /** Descriptor of -o's file, -1 before it is opened. */
  out: number
  /** -f: the body of an error is not shown. */
  suppressed: boolean
  redirects: number
  /** The server answered with HTTP/1.0. */
  speaksOld: boolean
  lastRedirect: string
  /** Virtual times, -1 before they come. */
  began: number
  resolvedAt: number
  connectedAt: number
  firstByteAt: number
  meterShown: boolean
  headerBytes: number
  sentBytes: number
  requestSize: number
  localPort: number
  local: Ip4
  code: number
  message: string
}
