// curl(1) 7.88.1 for plain HTTP as a machine: resolve, connect, one request per URL, response, redirects.
// Read first: options.ts, state.ts, receive.ts. Leaves out connection reuse between URLs, TLS, proxies and uploads.
import { strerror } from '../../lib/errno.ts'
import { formatIp4, INADDR_LOOPBACK, parseIp4 } from '../../lib/ip4.ts'
import type { Machine, ProgramEvent, Sys } from '../../uapi/program.ts'
import { joinBytes, utf8 } from '../lib/bytes.ts'
import { lookupHost, stepLookup, wantsEvent } from '../lib/resolve.ts'
import { isErrno, openSocket } from '../lib/sock.ts'
import { bindInterface, closeSocket, endConnection } from './connection.ts'
import { parseCurl } from './options.ts'
import { finishOutput, flushHeld } from './output.ts'
import { receiveResponse } from './receive.ts'
import { elapsedMs, marked, meter, note, timeoutText } from './report.ts'
import { requestBytes } from './request.ts'
import { header, newResponse } from './response.ts'
import { CONNECT_TIME, type CurlState, LOOKUP, MAX_TIME, NO_URL, newState, TICK } from './state.ts'
import { isUrlError, joinUrl, parseUrl, type Url } from './url.ts'
import { writeOut } from './writeout.ts'

const MS = 1_000_000

function start(sys: Sys, argv: readonly string[]): CurlState | number {
  const opt = parseCurl(sys, argv)
  if (typeof opt === 'number') return opt
  return newState(opt)
}

/** All URLs are done: the rest of the output, as fast as a pipe takes it. */
function end(sys: Sys, st: CurlState): void {
  st.phase = 'done'
  const failed = flushHeld(sys, st)
  if (st.held.length > 0 && failed === null) {
    sys.watch(1, false, true)
    return
  }
  sys.exit(st.code)
}

/** Begin the URL at st.index. */
function beginUrl(sys: Sys, st: CurlState): void {
  const text = st.opt.urls[st.index]
  if (text === undefined) {
    end(sys, st)
    return
  }
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
    finish(sys, st, url.code, url.message)
    return
  }
  if (st.opt.outputs[st.index] === null) {
    const name = url.target.replace(/\?.*/, '').split('/').at(-1)!
    if (name === '') {
      if (!st.opt.silent) sys.write(2, 'curl: Remote file name has no length!\n')
      finish(sys, st, 23, 'Failed writing received data to disk/application')
      return
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
  const fixed = st.opt.resolve
    .map((r) => r.split(':'))
    .find(([h, p]) => (h === url.host || h === '*') && Number(p) === url.port)
  if (fixed !== undefined) {
    st.addresses = (fixed[2] ?? '').split(',').flatMap((a) => parseIp4(a) ?? [])
    if (st.addresses.length > 0) note(sys, st, `Hostname ${url.host} was found in DNS cache`)
    connectNext(sys, st)
    return
  }
  if (/^(.*\.)?localhost$/i.test(url.host)) {
    st.addresses = [INADDR_LOOPBACK]
    connectNext(sys, st)
    return
  }
  st.phase = 'resolve'
  st.lookup = lookupHost(sys, url.host, { timer: LOOKUP, both: !st.opt.ipv4 })
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
    finish(sys, st, 6, text, false)
    return
  }
  if (st.redirects > 0) note(sys, st, `Hostname ${st.url.host} was found in DNS cache`)
  st.addresses = [...r.addresses]
  connectNext(sys, st)
}

/** Try the next address of the host. */
function connectNext(sys: Sys, st: CurlState): void {
  const addr = st.addresses[st.address]
  if (addr === undefined) {
    connectFailed(sys, st)
    return
  }
  note(sys, st, `  Trying ${formatIp4(addr)}:${st.url.port}...`)
  const sock = openSocket(sys, 'tcp', 0, 'curl')
  if (isErrno(sock)) {
    connectFailed(sys, st)
    return
  }
  st.s = sock.s
  st.fd = sock.fd
  sys.sockets.setOptions(st.s, { noDelay: true, keepAlive: true })
  const refused = bindInterface(sys, st)
  if (refused !== null) {
    closeSocket(sys, st)
    finish(sys, st, 45, refused)
    return
  }
  const r = sys.sockets.connect(st.s, { addr, port: st.url.port })
  if (!r.ok && r.errno !== 'EINPROGRESS') {
    note(sys, st, `Immediate connect fail for ${formatIp4(addr)}: ${strerror(r.errno)}`)
    closeSocket(sys, st)
    st.address++
    connectNext(sys, st)
    return
  }
  st.phase = 'connect'
  sys.watch(st.fd, false, true)
}

function connectFailed(sys: Sys, st: CurlState): void {
  const text = `Failed to connect to ${st.url.host} port ${st.url.port} after ${elapsedMs(sys, st)} ms: Couldn't connect to server`
  note(sys, st, text)
  finish(sys, st, 7, text)
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
  const r = receiveResponse(sys, st)
  if (r === 'whole') complete(sys, st)
  else if (r !== 'more') failTransfer(sys, st, r.code, r.message)
}

/** The response is whole. */
function complete(sys: Sys, st: CurlState): void {
  const location = header(st.response, 'location')
  const redirect = st.response.status >= 300 && st.response.status < 400 && location !== null
  if (redirect && st.opt.location) {
    if (st.redirects >= st.opt.maxRedirects) {
      failTransfer(sys, st, 47, `Maximum (${st.opt.maxRedirects}) redirects followed`)
      return
    }
    endConnection(sys, st)
    st.redirects++
    const url = parseUrl(joinUrl(st.url, location))
    if (isUrlError(url)) {
      finish(sys, st, url.code, url.message)
      return
    }
    note(sys, st, `Issue another request to this URL: '${url.text}'`)
    if (st.response.status === 303 || (st.response.status < 303 && st.opt.data !== null)) {
      st.opt.data = null
      if (st.opt.method === null) note(sys, st, 'Switch to GET')
    }
    request(sys, st, url)
    return
  }
  if (redirect) st.lastRedirect = joinUrl(st.url, location)
  finish(sys, st, 0, '')
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
  const text = timeoutText(sys, st, id)
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
  if (e.kind === 'start') {
    beginUrl(sys, st)
    return
  }
  if (e.kind === 'timer') {
    if (e.id === TICK) {
      tick(sys, st)
      return
    }
    if (e.id === MAX_TIME || e.id === CONNECT_TIME) {
      timedOut(sys, st, e.id)
      return
    }
  }
  if (st.lookup !== null && wantsEvent(st.lookup, e)) {
    stepLookup(sys, st.lookup, e)
    resolved(sys, st)
    return
  }
  if (st.phase === 'done') {
    end(sys, st)
    return
  }
  if (e.kind !== 'ready' || e.fd !== st.fd) return
  if (st.phase === 'connect') {
    const error = sys.sockets.takeError(st.s)
    if (error === null) {
      connected(sys, st)
      return
    }
    note(sys, st, `connect to ${formatIp4(st.addresses[st.address]!)} port ${st.url.port} failed: ${strerror(error)}`)
    closeSocket(sys, st)
    st.address++
    connectNext(sys, st)
    return
  }
  if (st.phase === 'send') send(sys, st)
  if (st.fd >= 0 && (e.readable || e.error)) receive(sys, st)
}

export const curl: Machine<CurlState> = { start, step }
