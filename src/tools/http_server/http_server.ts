// python3 -m http.server (Python 3.11) as a machine: GET and HEAD of files and directories, with its log lines.
// Read first: page.ts (what it answers). Every other use of python3 is refused by name; one thread per connection becomes one record each.
import { type Errno, errnoNumber, strerror } from '../../lib/errno.ts'
import { formatIp4, type Ip4 } from '../../lib/ip4.ts'
import { fail, type Machine, type ProgramEvent, type Sys } from '../../uapi/program.ts'
import { joinBytes, latin1, NO_BYTES } from '../lib/bytes.ts'
import { notModelled } from '../lib/refuse.ts'
import { GAI, type Lookup, lookupHost, stepLookup, wantsEvent } from '../lib/resolve.ts'
import { isErrno, openSocket, owner } from '../lib/sock.ts'
import { answerRequest, logTime } from './page.ts'

interface Connection {
  readonly s: number
  readonly fd: number
  readonly peer: Ip4
  input: Uint8Array
  output: readonly Uint8Array[]
  /** The answer is made; when it is sent the connection closes. */
  answered: boolean
}

export interface HttpServerState {
  readonly port: number
  readonly bind: string | null
  readonly root: string
  readonly protocol: string
  /** Python holds its stdout back unless it is a terminal or -u is given. */
  held: string
  readonly buffered: boolean
  lookup: Lookup | null
  s: number
  fd: number
  readonly connections: Map<number, Connection>
}

const LOOKUP = 1

const USAGE = 'usage: server.py [-h] [--cgi] [-b ADDRESS] [-d DIRECTORY] [-p VERSION] [port]\n'
const HELP = `${USAGE}
positional arguments:
  port                  bind to this port (default: 8000)

options:
  -h, --help            show this help message and exit
  --cgi                 run as CGI server
  -b ADDRESS, --bind ADDRESS
                        bind to this address (default: all interfaces)
  -d DIRECTORY, --directory DIRECTORY
                        serve this directory (default: current directory)
  -p VERSION, --protocol VERSION
                        conform to this HTTP version (default: HTTP/1.0)
`

function usageError(sys: Sys, text: string): number {
  return fail(sys, `${USAGE}server.py: error: ${text}\n`, 2)
}

/** Options of the module; a number is the exit code. */
function parse(sys: Sys, args: readonly string[], buffered: boolean): HttpServerState | number {
  let port = 8000
  let bind: string | null = null
  let root = sys.cwd()
  let protocol = 'HTTP/1.0'
  const unknown: string[] = []
  let positional = false
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!
    const m = /^(--bind|--directory|--protocol)=(.*)$/.exec(word) ?? /^(-b|-d|-p)(.+)$/.exec(word)
    const name = m?.[1] ?? word
    if (/^(-b|--bind|-d|--directory|-p|--protocol)$/.test(name)) {
      const value = m?.[2] ?? args[++i]
      if (value === undefined) {
        const long = { b: '-b/--bind', d: '-d/--directory', p: '-p/--protocol' }[
          name.replace(/-/g, '')[0] as 'b' | 'd' | 'p'
        ]
        return usageError(sys, `argument ${long}: expected one argument`)
      }
      if (name.includes('b')) bind = value
      else if (name.includes('d')) root = value
      else protocol = value
    } else if (name === '-h' || name === '--help') {
      sys.write(1, HELP)
      return 0
    } else if (name === '--cgi') return fail(sys, notModelled('python3', 'http.server --cgi'), 2)
    else if (!word.startsWith('-') && !positional) {
      positional = true
      if (!/^\s*[+-]?\d+\s*$/.test(word)) return usageError(sys, `argument port: invalid int value: '${word}'`)
      port = Number(word)
    } else unknown.push(word)
  }
  if (unknown.length > 0) return usageError(sys, `unrecognized arguments: ${unknown.join(' ')}`)
  return { port, bind, root, protocol, held: '', buffered, lookup: null, s: -1, fd: -1, connections: new Map() }
}

function start(sys: Sys, argv: readonly string[]): HttpServerState | number {
  const args = argv.slice(1).filter((a) => a !== '-u')
  if (args[0] === '-V' || args[0] === '--version') {
    sys.write(1, 'Python 3.11.2\n')
    return 0
  }
  if (args[0] !== '-m' || args[1] !== 'http.server') {
    const what = args[0] === '-m' ? `python3 -m ${args[1] ?? ''}` : 'python3'
    return fail(sys, `python3: ${what.trim()} is not modelled by netsim (python3 -m http.server is)\n`, 2)
  }
  return parse(sys, args.slice(2), !argv.includes('-u') && !sys.isatty(1))
}

/** The end of Python's traceback is what matters; the frames are its own. */
function raise(sys: Sys, errno: Errno): void {
  const where = `Traceback (most recent call last):
  File "<frozen runpy>", line 198, in _run_module_as_main
  File "<frozen runpy>", line 88, in _run_code
  File "/usr/lib/python3.11/http/server.py", line 1309, in <module>
    test(
  File "/usr/lib/python3.11/http/server.py", line 1256, in test
    with ServerClass(addr, HandlerClass) as httpd:
         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.11/socketserver.py", line 456, in __init__
    self.server_bind()
  File "/usr/lib/python3.11/http/server.py", line 1303, in server_bind
    return super().server_bind()
           ^^^^^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.11/http/server.py", line 136, in server_bind
    socketserver.TCPServer.server_bind(self)
  File "/usr/lib/python3.11/socketserver.py", line 472, in server_bind
    self.socket.bind(self.server_address)
`
  sys.exit(fail(sys, `${where}OSError: [Errno ${errnoNumber(errno)}] ${strerror(errno)}\n`, 1))
}

function say(sys: Sys, st: HttpServerState, text: string): void {
  if (st.buffered) st.held += text
  else sys.write(1, text)
}

function listen(sys: Sys, st: HttpServerState, addr: Ip4): void {
  const sock = openSocket(sys, 'tcp', 0, 'python3')
  if (isErrno(sock)) {
    raise(sys, sock)
    return
  }
  st.s = sock.s
  st.fd = sock.fd
  sys.sockets.setOptions(st.s, { reuseAddr: true })
  const bound = sys.sockets.bind(st.s, { addr, port: st.port & 0xffff })
  if (!bound.ok) {
    raise(sys, bound.errno)
    return
  }
  const r = sys.sockets.listen(st.s, 5)
  if (!r.ok) {
    raise(sys, r.errno)
    return
  }
  const { port } = sys.sockets.getsockname(st.s)
  const host = formatIp4(addr)
  say(sys, st, `Serving HTTP on ${host} port ${port} (http://${host}:${port}/) ...\n`)
  sys.onSignal(['INT'])
  sys.watch(st.fd, true, false)
}

function accept(sys: Sys, st: HttpServerState): void {
  for (;;) {
    const r = sys.sockets.accept(st.s, owner(sys, 'python3'))
    if (!r.ok) return
    const fd = sys.socketFd(r.value.socket)
    const c: Connection = {
      s: r.value.socket,
      fd,
      peer: r.value.peer.addr,
      input: NO_BYTES,
      output: [],
      answered: false,
    }
    st.connections.set(fd, c)
    sys.watch(fd, true, false)
  }
}

function close(sys: Sys, st: HttpServerState, c: Connection): void {
  sys.unwatch(c.fd)
  sys.close(c.fd)
  st.connections.delete(c.fd)
}

/** The request is whole when its header is, and a body of Content-Length has come. */
function wholeRequest(input: Uint8Array): string | null {
  const text = latin1(input)
  if (/^\r?\n/.test(text)) return text
  const end = /\r?\n\r?\n/.exec(text)
  return end === null ? null : text.slice(0, end.index + end[0].length)
}

function serve(sys: Sys, st: HttpServerState, c: Connection): void {
  while (!c.answered) {
    const r = sys.sockets.recv(c.s)
    if (!r.ok) {
      if (r.errno !== 'EAGAIN') close(sys, st, c)
      return
    }
    if (r.value.data.length === 0) {
      close(sys, st, c)
      return
    }
    c.input = joinBytes(c.input, r.value.data)
    const request = wholeRequest(c.input)
    if (request === null) continue
    const answer = answerRequest(sys, request, { root: st.root, protocol: st.protocol })
    const time = logTime(sys.wallClock())
    for (const line of answer.log) sys.write(2, `${formatIp4(c.peer)} - - [${time}] ${line}\n`)
    c.output = [answer.head, answer.body].filter((part) => part.length > 0)
    c.answered = true
  }
  push(sys, st, c)
}

/** The header, the body and the end: each a call of its own. */
function push(sys: Sys, st: HttpServerState, c: Connection): void {
  const next = c.output[0]
  if (next === undefined) {
    sys.sockets.shutdown(c.s, 'write')
    close(sys, st, c)
    return
  }
  const r = sys.sockets.send(c.s, next)
  if (!r.ok && r.errno !== 'EAGAIN') {
    close(sys, st, c)
    return
  }
  const rest = next.subarray(r.ok ? r.value : 0)
  c.output = rest.length > 0 ? [rest, ...c.output.slice(1)] : c.output.slice(1)
  sys.watch(c.fd, false, true)
}

function resolved(sys: Sys, st: HttpServerState): void {
  const r = st.lookup?.result ?? null
  if (r === null) return
  st.lookup = null
  if (r.ok) {
    listen(sys, st, r.addresses[0]!)
    return
  }
  sys.exit(fail(sys, `socket.gaierror: [Errno -2] ${GAI[r.error]}\n`, 1))
}

function step(sys: Sys, st: HttpServerState, e: ProgramEvent): void {
  if (e.kind === 'start') {
    if (st.bind === null) {
      listen(sys, st, 0)
      return
    }
    st.lookup = lookupHost(sys, st.bind, { timer: LOOKUP, both: true })
    resolved(sys, st)
    return
  }
  if (st.lookup !== null && wantsEvent(st.lookup, e)) {
    stepLookup(sys, st.lookup, e)
    resolved(sys, st)
    return
  }
  if (e.kind === 'signal') {
    sys.write(1, `${st.held}\nKeyboard interrupt received, exiting.\n`)
    sys.exit(0)
    return
  }
  if (e.kind !== 'ready') return
  if (e.fd === st.fd) {
    accept(sys, st)
    return
  }
  const c = st.connections.get(e.fd)
  if (c === undefined) return
  if (c.answered) push(sys, st, c)
  else serve(sys, st, c)
}

export const python3: Machine<HttpServerState> = { start, step }
