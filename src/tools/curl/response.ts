// Reading an HTTP/1 response from a stream of chunks: status line, headers, then a body by length, in chunks or to the end.
// Read first: RFC 9112. Leaves out trailers' meaning (they are skipped) and content codings.
import { joinBytes, latin1, NO_BYTES } from '../lib/bytes.ts'

export interface Response {
  phase: 'headers' | 'body' | 'done'
  /** Bytes not understood yet. */
  pending: Uint8Array
  status: number
  /** '1.0' or '1.1'. */
  version: string
  /** All header lines with their line ends. */
  head: string
  headers: [string, string][]
  /** Bytes of body that are still to come, -1: chunked, -2: to the end of the stream. */
  left: number
  length: number
  /** Within chunked: bytes left of the current chunk, -1 before a size line, -2 in trailers. */
  chunk: number
  keepAlive: boolean
  bodyBytes: number
  /** Nothing but a HTTP/0.9 stream. */
  old: boolean
}

export function newResponse(): Response {
  return {
    phase: 'headers',
    pending: NO_BYTES,
    status: 0,
    version: '1.1',
    head: '',
    headers: [],
    left: -2,
    length: -1,
    chunk: -1,
    keepAlive: false,
    bodyBytes: 0,
    old: false,
  }
}

export function header(r: Response, name: string): string | null {
  return r.headers.findLast(([n]) => n.toLowerCase() === name)?.[1] ?? null
}

/** Take what came; answers the body bytes in it. `noBody`: a HEAD request. */
export function feed(r: Response, data: Uint8Array, noBody: boolean): Uint8Array {
  r.pending = joinBytes(r.pending, data)
  if (r.phase === 'headers' && !readHead(r, noBody)) return NO_BYTES
  if (r.phase !== 'body') return NO_BYTES
  const body = r.left === -1 ? readChunks(r) : readPlain(r)
  r.bodyBytes += body.length
  return body
}

function readHead(r: Response, noBody: boolean): boolean {
  for (;;) {
    const text = latin1(r.pending.subarray(0, 65536))
    if (text.length >= 5 && !text.startsWith('HTTP/')) {
      r.old = true
      return false
    }
    const end = /\r?\n\r?\n/.exec(text)
    if (end === null) return false
    const size = end.index + end[0].length
    const head = text.slice(0, size)
    r.pending = r.pending.subarray(size)
    const status = /^HTTP\/(\d\.\d) +(\d{3})/.exec(head)
    r.status = Number(status?.[2] ?? 0)
    r.version = status?.[1] ?? '1.1'
    if (r.status >= 100 && r.status < 200) continue
    r.head = head
    begin(r, noBody)
    return true
  }
}

function begin(r: Response, noBody: boolean): void {
  for (const line of r.head.split(/\r?\n/).slice(1)) {
    const colon = line.indexOf(':')
    if (colon > 0) r.headers.push([line.slice(0, colon), line.slice(colon + 1).trim()])
  }
  const connection = (header(r, 'connection') ?? '').toLowerCase()
  r.keepAlive = r.version === '1.1' ? connection !== 'close' : connection === 'keep-alive'
  const length = header(r, 'content-length')
  if (length !== null && /^\d+$/.test(length)) r.length = Number(length)
  const chunked = (header(r, 'transfer-encoding') ?? '').toLowerCase().includes('chunked')
  r.left = chunked ? -1 : r.length >= 0 ? r.length : -2
  const empty = noBody || r.status === 204 || r.status === 304 || r.left === 0
  r.phase = empty ? 'done' : 'body'
  if (r.left === -2) r.keepAlive = false
}

function readPlain(r: Response): Uint8Array {
  const body = r.left >= 0 ? r.pending.subarray(0, r.left) : r.pending
  r.pending = r.pending.subarray(body.length)
  if (r.left >= 0) {
    r.left -= body.length
    if (r.left === 0) r.phase = 'done'
  }
  return body
}

function readChunks(r: Response): Uint8Array {
  let body: Uint8Array = NO_BYTES
  for (;;) {
    if (r.chunk > 0) {
      const part = r.pending.subarray(0, r.chunk)
      body = joinBytes(body, part)
      r.pending = r.pending.subarray(part.length)
      r.chunk -= part.length
      if (r.chunk > 0) return body
      r.chunk = -1
    }
    const nl = r.pending.indexOf(10)
    if (nl < 0) return body
    const line = latin1(r.pending.subarray(0, nl)).trim()
    r.pending = r.pending.subarray(nl + 1)
    if (r.chunk === -2) {
      if (line !== '') continue
      r.phase = 'done'
      return body
    }
    if (line === '') continue
    const size = Number.parseInt(line, 16)
    r.chunk = size > 0 ? size : -2
  }
}

/** The stream ended; null when that is how the body ends, else curl's error. */
export function endOfStream(r: Response): { readonly code: number; readonly message: string } | null {
  if (r.phase === 'headers') {
    if (r.pending.length > 0) return { code: 1, message: 'Received HTTP/0.9 when not allowed' }
    return { code: 52, message: 'Empty reply from server' }
  }
  if (r.phase === 'done' || r.left === -2) return null
  if (r.left === -1) return { code: 18, message: 'transfer closed with outstanding read data remaining' }
  return { code: 18, message: `transfer closed with ${r.left} bytes remaining to read` }
}
