// curl(1) 7.88.1 for plain HTTP as a machine: resolve, connect, one request per URL, response, redirects.
// Read first: options.ts, state.ts, response.ts. Leaves out connection reuse between URLs, TLS, proxies and uploads.
import { errnoNumber, strerror } from '../../lib/errno.ts'
import { formatIp4, parseIp4 } from '../../lib/ip4.ts'
import type { Machine, ProgramEvent, Sys } from '../../uapi/program.ts'
import { joinBytes, NO_BYTES, utf8 } from '../lib/bytes.ts'
import { lookupHost, stepLookup, wantsEvent } from '../lib/resolve.ts'
import { isErrno, openSocket } from '../lib/sock.ts'
import { emit, finishOutput, flushHeld } from './output.ts'
import { parseCurl } from './options.ts'
import { progressLine } from './progress.ts'
import { requestBytes } from './request.ts'
import { endOfStream, feed, header, newResponse } from './response.ts'
import { CONNECT_TIME, type CurlState, LOOKUP, MAX_TIME, TICK } from './state.ts'
import { isUrlError, joinUrl, parseUrl, type Url } from './url.ts'
import { writeOut } from './writeout.ts'

const MS = 1_000_000

const NO_URL: Url = Object.freeze({ host: '', port: 0, target: '', user: null, text: '' })

function start(sys: Sys, argv: readonly string[]): CurlState | number {
  const opt = parseCurl(sys, argv)
  if (typeof opt === 'number') return opt
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

function note(sys: Sys, st: CurlState, text: string): void {
  if (st.opt.verbose) sys.write(2, `* ${text}\n`)
}

/** The meter is shown unless -s or the data go to a terminal. */
function metered(sys: Sys, st: CurlState): boolean {
  if (st.opt.silent) return false
  const out = st.opt.outputs[st.index]
  return (out !== undefined && out !== '-') || !sys.isatty(1)
}

function meter(sys: Sys, st: CurlState, last: boolean): void {
  if (!metered(sys, st)) return
  const r = st.response
  const line = progressLine(
    {
      elapsed: sys.now() - st.began,
      received: r.bodyBytes,
      expected: r.phase === 'headers' ? -1 : r.length,
      sent: Math.min(st.sentBytes, st.bodySize),
      toSend: st.bodySize,
    },
    !st.meterShown,
  )
  st.meterShown = true
  sys.write(2, last ? `${line}\n` : line)
}

/** All URLs are done: the rest of the output, as fast as a pipe takes it. */
function end(sys: Sys, st: CurlState): void {
  st.phase = 'done'
  const failed = flushHeld(sys, st)
  if (st.held.length > 0 && failed === null) return sys.watch(1, false, true)
  sys.exit(st.code)
}

/** Begin the URL at st.index. */
function beginUrl(sys: Sys, st: CurlState): void {
  const text = st.opt.urls[st.index]
  if (text === undefined) return end(sys, st)
  st.redirects = 0
  st.lastRedirect = ''
  st.out = -1
  st.began = sys.now()
  st.resolvedAt = st.connectedAt = st.firstByteAt = -1
  st.headerBytes = 0
  st.code = 0
  st.message = ''
  const url = parseUrl(text)
  if (isUrlError(url)) {
    st.url = { ...NO_URL, text }
    return finish(sys, st, url.code, url.message)
  }
  if (st.opt.outputs[st.index] === null) {
    const name = url.target.replace(/\?.*/, '').split('/').at(-1)!
    if (name === '') {
      if (!st.opt.silent) sys.write(2, 'curl: Remote file name has no length!\n')
      return finish(sys, st, 23, 'Failed writing received data to disk/application')
    }
    st.opt.outputs[st.index] = name
  }
  if (st.opt.maxTime > 0) sys.setTimer(MAX_TIME, st.began + (st.opt.maxTime + 1) * MS)
  st.response = newResponse()
  meter(sys, st, false)
  sys.setTimer(TICK, st.began + 1000 * MS)
  request(sys, st, url)
}

/** One request of a transfer (a redirect starts another). */
function request(sys: Sys, st: CurlState, url: Url): void {
  st.url = url
  st.response = newResponse()
  st.suppressed = false
  st.address = 0
  sys.setTimer(CONNECT_TIME, sys.now() + (st.opt.connectTimeout + 1) * MS)
  const fixed = st.opt.resolve.map((r) => r.split(':')).find(([h, p]) => (h === url.host || h === '*') && Number(p) === url.port)
  if (fixed !== undefined) {
    st.addresses = (fixed[2] ?? '').split(',').flatMap((a) => parseIp4(a) ?? [])
    if (st.addresses.length > 0) note(sys, st, `Hostname ${url.host} was found in DNS cache`)
    return connectNext(sys, st)
  }
  st.phase = 'resolve'
  st.lookup = lookupHost(sys, url.host, { timer: LOOKUP, both: true })
  resolved(sys, st)
}

function resolved(sys: Sys, st: CurlState): void {
  const r = st.lookup?.result ?? null
  if (r === null) return
  st.lookup = null
  st.resolvedAt = sys.now()
  if (!r.ok) {
    const text = `Could not resolve host: ${st.url.host}`
    note(sys, st, text)
    note(sys, st, `Closing connection ${st.connections}`)
    return finish(sys, st, 6, text, false)
  }
  if (st.redirects > 0) note(sys, st, `Hostname ${st.url.host} was found in DNS cache`)
  st.addresses = [...r.addresses]
  connectNext(sys, st)
}

/** Try the next address of the host. */
function connectNext(sys: Sys, st: CurlState): void {
  const addr = st.addresses[st.address]
  if (addr === undefined) return connectFailed(sys, st)
  note(sys, st, `  Trying ${formatIp4(addr)}:${st.url.port}...`)
  const sock = openSocket(sys, 'tcp', 0, 'curl')
  if (isErrno(sock)) return connectFailed(sys, st)
  st.s = sock.s
  st.fd = sock.fd
  sys.sockets.setOptions(st.s, { noDelay: true, keepAlive: true })
  const refused = bindInterface(sys, st)
  if (refused !== null) {
    closeSocket(sys, st)
    return finish(sys, st, 45, refused)
  }
  const r = sys.sockets.connect(st.s, { addr, port: st.url.port })
  if (!r.ok && r.errno !== 'EINPROGRESS') {
    note(sys, st, `Immediate connect fail for ${formatIp4(addr)}: ${strerror(r.errno)}`)
    closeSocket(sys, st)
    st.address++
    return connectNext(sys, st)
  }
  st.phase = 'connect'
  sys.watch(st.fd, false, true)
}

/** --interface: a device, or an address to bind to. Null: fine. */
function bindInterface(sys: Sys, st: CurlState): string | null {
  const name = st.opt.interface
  if (name === null) return null
  const addr = parseIp4(name.replace(/^host!/, ''))
  if (addr === null) {
    const r = sys.sockets.setOptions(st.s, { bindToDevice: name.replace(/^if!/, '') })
    return r.ok ? null : `Couldn't bind to '${name}'`
  }
  const r = sys.sockets.bind(st.s, { addr, port: 0 })
  if (r.ok) return null
  return `bind failed with errno ${errnoNumber(r.errno)}: ${strerror(r.errno)}`
}

function elapsedMs(sys: Sys, st: CurlState): number {
  return Math.trunc((sys.now() - st.began) / MS)
}

function connectFailed(sys: Sys, st: CurlState): void {
  const text = `Failed to connect to ${st.url.host} port ${st.url.port} after ${elapsedMs(sys, st)} ms: Couldn't connect to server`
  note(sys, st, text)
  finish(sys, st, 7, text)
}

function closeSocket(sys: Sys, st: CurlState): void {
  if (st.fd < 0) return
  sys.unwatch(st.fd)
  sys.close(st.fd)
  st.fd = -1
}

function connected(sys: Sys, st: CurlState): void {
  sys.clearTimer(CONNECT_TIME)
  const here = sys.sockets.getsockname(st.s)
  st.local = here.addr
  st.localPort = here.port
  st.connectedAt = sys.now()
  const addr = formatIp4(st.addresses[st.address]!)
  note(sys, st, `Connected to ${st.url.host} (${addr}) port ${st.url.port} (#${st.connections})`)
  const { head, body } = requestBytes(st)
  if (st.opt.verbose) {
    sys.write(2, marked('> ', head))
    if (body.length > 0) sys.write(2, `} [${body.length} bytes data]\n`)
  }
  st.unsent = joinBytes(utf8(head), body)
  st.bodySize = body.length
  st.requestSize = head.length
  st.sentBytes = -head.length
  st.phase = 'send'
  sys.watch(st.fd, true, true)
  send(sys, st)
}

function send(sys: Sys, st: CurlState): void {
  while (st.unsent.length > 0) {
    const r = sys.sockets.send(st.s, st.unsent)
    if (!r.ok) {
      if (r.errno !== 'EAGAIN') failTransfer(sys, st, 55, `Send failure: ${strerror(r.errno)}`)
      return
    }
    st.sentBytes += r.value
    st.unsent = st.unsent.subarray(r.value)
  }
  st.phase = 'receive'
  sys.watch(st.fd, true, false)
}

function failTransfer(sys: Sys, st: CurlState, code: number, message: string): void {
  note(sys, st, message)
  finish(sys, st, code, message)
}

function receive(sys: Sys, st: CurlState): void {
  const r = st.response
  while (st.fd >= 0) {
    const got = sys.sockets.recv(st.s)
    if (!got.ok) {
      if (got.errno !== 'EAGAIN') failTransfer(sys, st, 56, `Recv failure: ${strerror(got.errno)}`)
      return
    }
    if (got.value.data.length === 0) {
      const error = endOfStream(r)
      if (error !== null) return failTransfer(sys, st, error.code, error.message)
      return complete(sys, st)
    }
    if (st.firstByteAt < 0) st.firstByteAt = sys.now()
    const before = r.phase
    const waiting = r.pending.length
    const body = feed(r, got.value.data, st.opt.head)
    const raw = waiting + got.value.data.length - (before === 'headers' ? r.head.length : 0)
    if (r.old) return failTransfer(sys, st, 1, 'Received HTTP/0.9 when not allowed')
    if (before === 'headers' && r.phase !== 'headers' && !headersCame(sys, st)) return
    if (body.length > 0 && !st.suppressed) {
      if (st.opt.verbose && !sys.isatty(1)) sys.write(2, `{ [${raw} bytes data]\n`)
      const failed = emit(sys, st, body)
      if (failed !== null) return failTransfer(sys, st, 23, failed)
    }
    if (r.phase === 'done') return complete(sys, st)
  }
}

/** Header lines as -v shows them. */
function marked(mark: string, head: string): string {
  return head.replace(/[^\n]*\n/g, (line) => mark + line)
}

/** False when the transfer ends here (-f). */
function headersCame(sys: Sys, st: CurlState): boolean {
  const r = st.response
  st.headerBytes += r.head.length
  if (r.version === '1.0') st.speaksOld = true
  if (st.opt.verbose) {
    if (r.version === '1.0' && !r.keepAlive) note(sys, st, 'HTTP 1.0, assume close after body')
    sys.write(2, marked('< ', r.head))
  }
  if (st.opt.fail && r.status >= 400) {
    failTransfer(sys, st, 22, `The requested URL returned error: ${r.status}`)
    return false
  }
  if (st.opt.include || st.opt.head) {
    const failed = emit(sys, st, utf8(r.head))
    if (failed !== null) {
      failTransfer(sys, st, 23, failed)
      return false
    }
  }
  if (follows(st)) st.suppressed = true
  return true
}

function follows(st: CurlState): boolean {
  const s = st.response.status
  return st.opt.location && s >= 300 && s < 400 && header(st.response, 'location') !== null
}

/** The response is whole. */
function complete(sys: Sys, st: CurlState): void {
  const location = header(st.response, 'location')
  const redirect = st.response.status >= 300 && st.response.status < 400 && location !== null
  if (redirect && st.opt.location) {
    if (st.redirects >= st.opt.maxRedirects) {
      return failTransfer(sys, st, 47, `Maximum (${st.opt.maxRedirects}) redirects followed`)
    }
    endConnection(sys, st)
    st.redirects++
    const url = parseUrl(joinUrl(st.url, location))
    if (isUrlError(url)) return finish(sys, st, url.code, url.message)
    note(sys, st, `Issue another request to this URL: '${url.text}'`)
    if (st.response.status === 303 || (st.response.status < 303 && st.opt.data !== null)) {
      st.opt.data = null
      if (st.opt.method === null) note(sys, st, 'Switch to GET')
    }
    return request(sys, st, url)
  }
  if (redirect) st.lastRedirect = joinUrl(st.url, location)
  finish(sys, st, 0, '')
}

/** "Closing connection" or "left intact"; the socket goes either way. */
function endConnection(sys: Sys, st: CurlState): void {
  if (st.fd < 0) return
  closeSocket(sys, st)
  if (st.response.keepAlive && st.response.phase === 'done') {
    note(sys, st, `Connection #${st.connections} to host ${st.url.host} left intact`)
  } else note(sys, st, `Closing connection ${st.connections}`)
  st.connections++
}

/** End of one URL. `done`: the meter's last line is shown. */
function finish(sys: Sys, st: CurlState, code: number, message: string, done = true): void {
  sys.clearTimer(MAX_TIME)
  sys.clearTimer(CONNECT_TIME)
  sys.clearTimer(TICK)
  if (st.meterShown && done) meter(sys, st, true)
  if (st.fd >= 0) endConnection(sys, st)
  else if (code === 7 || code === 45 || code === 28) note(sys, st, `Closing connection ${st.connections}`)
  st.meterShown = false
  st.code = code
  st.message = message
  finishOutput(sys, st, code === 0)
  if (code !== 0 && (!st.opt.silent || st.opt.showError)) sys.write(2, `curl: (${code}) ${message}\n`)
  if (st.opt.writeOut !== '') st.held = joinBytes(st.held, utf8(writeOut(sys, st)))
  st.phase = 'done'
  st.index++
  beginUrl(sys, st)
}

function timedOut(sys: Sys, st: CurlState, id: number): void {
  const ms = elapsedMs(sys, st)
  const r = st.response
  let text = `Operation timed out after ${ms} milliseconds with ${r.bodyBytes} bytes received`
  if (r.length >= 0) text = `Operation timed out after ${ms} milliseconds with ${r.bodyBytes} out of ${r.length} bytes received`
  if (st.phase === 'resolve') text = `Resolving timed out after ${ms} milliseconds`
  else if (st.phase === 'connect' && id === CONNECT_TIME) {
    text = `Failed to connect to ${st.url.host} port ${st.url.port} after ${ms} ms: Timeout was reached`
  } else if (st.phase === 'connect') text = `Connection timed out after ${ms} milliseconds`
  note(sys, st, text)
  if (st.phase === 'connect') closeSocket(sys, st)
  finish(sys, st, 28, text)
}

/** Every second the meter moves on, unless a deadline is about to end it. */
function tick(sys: Sys, st: CurlState): void {
  sys.setTimer(TICK, sys.now() + 1000 * MS)
  const ms = elapsedMs(sys, st)
  if (ms !== st.opt.maxTime && !(st.phase === 'connect' && ms === st.opt.connectTimeout)) meter(sys, st, false)
}

function step(sys: Sys, st: CurlState, e: ProgramEvent): void {
  if (e.kind === 'start') return beginUrl(sys, st)
  if (e.kind === 'timer') {
    if (e.id === TICK) return tick(sys, st)
    if (e.id === MAX_TIME || e.id === CONNECT_TIME) return timedOut(sys, st, e.id)
  }
  if (st.lookup !== null && wantsEvent(st.lookup, e)) {
    stepLookup(sys, st.lookup, e)
    return resolved(sys, st)
  }
  if (st.phase === 'done') return end(sys, st)
  if (e.kind !== 'ready' || e.fd !== st.fd) return
  if (st.phase === 'connect') {
    const error = sys.sockets.takeError(st.s)
    if (error === null) return connected(sys, st)
    note(sys, st, `connect to ${formatIp4(st.addresses[st.address]!)} port ${st.url.port} failed: ${strerror(error)}`)
    closeSocket(sys, st)
    st.address++
    return connectNext(sys, st)
  }
  if (st.phase === 'send') send(sys, st)
  if (e.readable || e.error) receive(sys, st)
}

export const curl: Machine<CurlState> = { start, step }
