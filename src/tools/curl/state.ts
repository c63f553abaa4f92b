// What a running curl remembers. Plain data: copied by fork() while the transfer runs.
import type { Ip4 } from '../../lib/ip4.ts'
import { NO_BYTES } from '../lib/bytes.ts'
import type { Lookup } from '../lib/resolve.ts'
import type { CurlOptions } from './options.ts'
import { newResponse, type Response } from './response.ts'
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

/** Before the first URL is looked at, and of one that is none. */
export const NO_URL: Url = Object.freeze({ host: '', port: 0, target: '', user: null, text: '' })

export function newState(opt: CurlOptions): CurlState {
  return {
    opt,
    phase: 'resolve',
    index: 0,
    url: NO_URL,
    lookup: null,
    addresses: [],
    address: 0,
    s: -1,
    fd: -1,
    connections: 0,
    unsent: NO_BYTES,
    bodySize: 0,
    response: newResponse(),
    held: NO_BYTES,
    out: -1,
    suppressed: false,
    redirects: 0,
    speaksOld: false,
    lastRedirect: '',
    began: 0,
    resolvedAt: -1,
    connectedAt: -1,
    firstByteAt: -1,
    meterShown: false,
    headerBytes: 0,
    sentBytes: 0,
    requestSize: 0,
    localPort: 0,
    local: 0,
    code: 0,
    message: '',
  }
}
