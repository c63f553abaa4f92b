// Redirections: every form of bash's, applied to the process's descriptor table in order. Read first: os/sys.ts.
// Leaves out /dev/udp (refused by name).

import { strerror } from '../lib/errno.ts'
import { parseIp4 } from '../lib/ip4.ts'
import type { OpenMode } from '../uapi/program.ts'
import type { Run } from './control.ts'
import { expandEmbedded, expandText, expandWord } from './expand.ts'
import type { HereDoc, Redirection, Word } from './parse.ts'
import type { Shell } from './shell.ts'

type FileRedirect = Extract<Redirection, { type: 'Redirect' }>

/** Apply all, in order; on a failure the message is out and the answer is false. */
export function* applyRedirects(sh: Shell, list: readonly Redirection[]): Run<boolean> {
  for (const r of list) if (!(yield* applyOne(sh, r))) return false
  return true
}

/** The descriptor to change; for {name} a free one from 10 on, whose number the variable gets. */
function descriptorOf(sh: Shell, r: Redirection, standard: number): number {
  if (r.descriptor === undefined) return standard
  if (r.descriptor.type === 'FileDescriptor') return r.descriptor.value
  const name = r.descriptor.name
  const closing = r.type === 'Redirect' && r.target?.text === '-'
  if (closing) return Number(sh.param(name) ?? -1)
  let fd = 10
  while (sh.sys.file(fd) !== undefined) fd++
  sh.sys.charge(fd >> 4)
  sh.assign(name, String(fd))
  return fd
}

function* applyOne(sh: Shell, r: Redirection): Run<boolean> {
  if (r.type === 'HereDoc') {
    sh.sys.install(sh.sys.textFile(yield* hereText(sh, r)), descriptorOf(sh, r, 0))
    return true
  }
  if (r.type === 'HereString') {
    const text = r.target === undefined ? '' : yield* expandText(sh, r.target)
    sh.sys.install(sh.sys.textFile(`${text}\n`), descriptorOf(sh, r, 0))
    return true
  }
  if (r.target === undefined) return false
  if (r.operator === '>&' || r.operator === '<&') return yield* duplicate(sh, r, r.target)
  const path = yield* targetText(sh, r.target)
  if (path === null) return false
  switch (r.operator) {
    case '<':
      return yield* openAt(sh, path, 'read', descriptorOf(sh, r, 0))
    case '<>':
      return yield* openAt(sh, path, 'readwrite', descriptorOf(sh, r, 0))
    case '>>':
      return yield* openAt(sh, path, 'append', descriptorOf(sh, r, 1))
    case '&>>':
      return yield* both(sh, path, 'append')
    case '&>':
      return yield* both(sh, path, 'write')
    case '>':
    case '>|':
      return yield* openAt(sh, path, 'write', descriptorOf(sh, r, 1), sh.option('noclobber') && r.operator === '>')
  }
}

/** The one word that a target must expand to. */
function* targetText(sh: Shell, word: Word): Run<string | null> {
  const words: string[] = []
  yield* expandWord(sh, word, words)
  if (words.length === 1) return words[0]!
  sh.complain(`${word.text}: ambiguous redirect`)
  return null
}

function* both(sh: Shell, path: string, mode: OpenMode): Run<boolean> {
  if (!(yield* openAt(sh, path, mode, 1))) return false
  sh.sys.dup2(1, 2)
  return true
}

function* openAt(sh: Shell, path: string, mode: OpenMode, fd: number, exclusive = false): Run<boolean> {
  const net = /^\/dev\/(tcp|udp)\/([^/]+)\/([^/]+)$/.exec(path)
  if (net !== null) return yield* connectTo(sh, net[1]!, net[2]!, net[3]!, path, fd)
  const r = sh.sys.openFile(path, mode, exclusive)
  if (r.ok) {
    sh.sys.install(r.value, fd)
    return true
  }
  if (r.errno === 'EEXIST') sh.complain(`${path}: cannot overwrite existing file`)
  else sh.complain(`${path}: ${strerror(r.errno)}`)
  return false
}

function* duplicate(sh: Shell, r: FileRedirect, target: Word): Run<boolean> {
  const text = yield* targetText(sh, target)
  if (text === null) return false
  const standard = r.operator === '>&' ? 1 : 0
  if (text === '-') {
    sh.sys.close(descriptorOf(sh, r, standard))
    return true
  }
  const m = /^(\d+)(-?)$/.exec(text)
  if (m === null) {
    if (r.operator === '>&' && r.descriptor === undefined) return yield* both(sh, text, 'write')
    sh.complain(`${target.text}: ambiguous redirect`)
    return false
  }
  const from = Number(m[1])
  const file = sh.sys.file(from)
  if (file === undefined) {
    sh.complain(`${from}: ${strerror('EBADF')}`)
    return false
  }
  const to = descriptorOf(sh, r, standard)
  if (to !== from) {
    sh.sys.install(file, to)
    if (m[2] === '-') sh.sys.close(from)
  }
  return true
}

function* hereText(sh: Shell, r: HereDoc): Run<string> {
  let text = r.body.text
  // <<- takes leading tabs off every line.
  if (r.operator === '<<-') text = text.replace(/^\t+/gm, '')
  if (r.delimiter?.quoted === true || !/[$`\\]/.test(text)) return text
  const ended = text.endsWith('\n')
  const body = ended ? text.slice(0, -1) : text
  return (yield* expandEmbedded(sh, body)) + (ended ? '\n' : '')
}

/** An address for /dev/tcp: a dotted quad or a name of /etc/hosts. */
function addressOf(sh: Shell, host: string): number | null {
  const literal = parseIp4(host)
  if (literal !== null) return literal
  const hosts = sh.sys.readFile('/etc/hosts')
  for (const line of hosts.ok ? hosts.value.split('\n') : []) {
    const [addr, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (addr !== undefined && names.includes(host)) return parseIp4(addr)
  }
  return null
}

/** /dev/tcp/HOST/PORT: a connection as a descriptor. */
function* connectTo(sh: Shell, kind: string, host: string, port: string, path: string, fd: number): Run<boolean> {
  const { sys } = sh
  if (kind === 'udp') {
    sh.complain(`${path}: /dev/udp is not modelled by netsim`)
    return false
  }
  const addr = addressOf(sh, host)
  if (addr === null || !/^\d+$/.test(port)) {
    sh.complain(`${host}: Name or service not known`)
    sh.complain(`${path}: ${strerror('EINVAL')}`)
    return false
  }
  const owner = { pid: sys.pid, name: sys.proc.comm, uid: sys.uid, gid: sys.gid }
  const made = sys.sockets.socket(sys.netns, 'tcp', 0, owner)
  const socket = made.ok ? made.value : 0
  const at = made.ok ? sys.socketFd(socket) : -1
  const begun = made.ok ? sys.sockets.connect(socket, { addr, port: Number(port) }) : made
  let errno = begun.ok ? null : begun.errno
  if (errno === 'EINPROGRESS') {
    yield { writable: [at] }
    errno = sys.sockets.takeError(socket)
  }
  if (errno === null) {
    sys.install(sys.file(at)!, fd)
    if (at !== fd) sys.close(at)
    return true
  }
  if (at >= 0) sys.close(at)
  sh.complain(`connect: ${strerror(errno)}`)
  sh.complain(`${path}: ${strerror(errno)}`)
  return false
}
