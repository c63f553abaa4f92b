// ipset(8) 7.17 over the kernel's sets: one command, or the lines of a file (restore).
// Read first: lib/ipset.c (ipset_parse_argv); command.ts, types.ts, element.ts, options.ts, print.ts.
// Leaves out the interactive mode, -resolve and IPv6.
import { strerror } from '../../lib/errno.ts'
import type { Ip4 } from '../../lib/ip4.ts'
import type { Main, Sys, Wait } from '../../uapi/program.ts'
import type { Op, Operations, Result, SetChange } from '../../uapi/request.ts'
import { NameNeeded } from '../iptables/exit.ts'
import { HostNames } from '../iptables/names.ts'
import { flush, openStdout, print, type Stdout } from '../lib/bytes.ts'
import { exitStatus, ToolExit } from '../lib/exit.ts'
import { type Environment, type Line, readLine } from './command.ts'
import { parseElement, type Reader, setName } from './element.ts'
import { type KernelCommand, refusalText } from './errors.ts'
import { failed, notModelled, PROGRAM, problem, VERSION } from './exit.ts'
import { GENERAL_HELP, SUPPORTED_TYPES, typeHelp } from './help.ts'
import { type CadtCommand, checkAllowed, parseOptions } from './options.ts'
import { elementText, listText } from './print.ts'
import { changeOf, headerOf } from './request.ts'
import { splitLine } from './restore.ts'
import { OTHER_TYPES, type TypeInfo, typeByName } from './types.ts'

interface Pending {
  readonly command: 'add' | 'del'
  readonly change: SetChange
  readonly line: number
}

/** One run of the program. */
class Session implements Reader {
  readonly sys: Sys
  readonly names: HostNames
  private readonly stdout: Stdout
  readonly env: Environment = {
    output: null,
    sorted: false,
    quiet: false,
    exist: false,
    names: false,
    terse: false,
    file: null,
  }
  line = 0
  verb = ''
  /** Elements that a file adds or deletes, until something else comes: what cannot be read ends the program before they are sent. */
  private pending: Pending[] = []

  constructor(sys: Sys) {
    this.sys = sys
    this.names = new HostNames(sys)
    this.stdout = openStdout(sys)
  }

  host(name: string): Ip4 | null {
    const answer = this.names.addresses(name)
    if (!answer.ok) return null
    const [first, second] = answer.addresses
    if (second !== undefined && !this.env.quiet)
      this.sys.write(
        2,
        `Warning: ${name} resolves to multiple addresses: using only the first one returned by the resolver.\n`,
      )
    return first ?? null
  }

  print(text: string): void {
    print(this.sys, this.stdout, text)
  }

  flush(): void {
    flush(this.sys, this.stdout)
  }

  /** Sent at once, or with others of the file. */
  change(command: 'add' | 'del', change: SetChange): void {
    const { line } = this
    const last = this.pending.at(-1)
    if (last !== undefined && (last.command !== command || last.change.name !== change.name)) this.commit()
    this.pending.push({ command, change, line })
    if (line === 0) this.commit()
  }

  /** ipset_commit */
  commit(): void {
    const { pending } = this
    this.pending = []
    for (const { command, change, line } of pending) {
      const result = this.ask(command === 'add' ? 'set.add' : 'set.del', change)
      if (!result.ok) failed(line, refusalText(result, command))
    }
  }

  ask<K extends Op>(op: K, req: Operations[K]['req']): Result<Operations[K]['reply']> {
    return this.sys.netlink.request(this.sys.netns, op, req)
  }

  /** The reply, or the end with the kernel's refusal in words. */
  kernel<K extends Op>(command: KernelCommand, op: K, req: Operations[K]['req']): Operations[K]['reply'] {
    const result = this.ask(op, req)
    return result.ok ? result.value : failed(this.line, refusalText(result, command))
  }
}

function typeNamed(s: Session, name: string): TypeInfo {
  if (name.length > 31) failed(s.line, `Syntax error: typename '${name}' is longer than 31 characters`)
  if (OTHER_TYPES.includes(name)) notModelled(`set type ${name}`)
  return typeByName(name) ?? failed(s.line, `Syntax error: typename '${name}' is unknown`)
}

function create(s: Session, { args: [name = '', typename = ''], rest }: Line): number {
  setName(s, name)
  const type = typeNamed(s, typename)
  const o = parseOptions(s, type, 'create', rest)
  const header = headerOf(name, type, o)
  s.commit()
  const { cidr = null, initval = null } = o
  s.kernel('create', 'set.create', { header, cidr, initval, exist: s.env.exist })
  return 0
}

function cadt(
  s: Session,
  command: Exclude<CadtCommand, 'create'>,
  { args: [name = '', text = ''], rest }: Line,
): number {
  setName(s, name)
  s.verb = command
  const header = s.kernel(command, 'set.header', { name })
  const type = typeByName(header.type) ?? notModelled(`set type ${header.type}`)
  const element = parseElement(s, type, text)
  const o = parseOptions(s, type, command, rest)
  checkAllowed(type, command, element)
  const change = changeOf(name, element, o, s.env.exist)
  if (command !== 'test') {
    s.change(command, change)
    return 0
  }
  s.commit()
  const found = s.kernel('test', 'set.test', change)
  if (!s.env.quiet) {
    // "before" is shown as "after", too
    const beside = change.before ?? change.after
    const what = `${elementText(type, change.element, change.ipTo)}${beside === null ? '' : ` after ${beside}`}`
    s.sys.write(2, found ? `Warning: ${what} is in set ${name}.\n` : `${what} is NOT in set ${name}.\n`)
  }
  return found ? 0 : 1
}

function list(s: Session, command: 'list' | 'save', name: string | null): void {
  const { env } = s
  s.commit()
  const mode = env.output ?? (command === 'save' ? 'save' : 'plain')
  const sets = s.kernel(command, 'set.list', { name })
  const text = listText(sets, { mode, sorted: env.sorted, names: env.names, terse: env.terse && command === 'list' })
  if (env.file === null) {
    s.print(text)
    return
  }
  const written = s.sys.writeFile(env.file, text)
  if (!written.ok) failed(s.line, `Cannot open ${env.file} for writing: ${strerror(written.errno)}`)
}

function help(s: Session, name: string | undefined): number {
  s.print(GENERAL_HELP)
  if (s.env.quiet) return 0
  if (name === undefined) {
    s.print(`\nSupported set types:\n${SUPPORTED_TYPES}`)
    return 0
  }
  if (OTHER_TYPES.includes(name)) notModelled(`help of set type ${name}`)
  s.print(typeHelp(typeByName(name) ?? problem(`Unknown settype: \`${name}'`)))
  return 0
}

/** One command; null for restore, which reads more of them. */
function run(s: Session, line: Line): number | null {
  const { command, args, rest } = line
  const [name = null, second = ''] = args
  if (command === 'create') return create(s, line)
  if (command === 'add' || command === 'del' || command === 'test') return cadt(s, command, line)
  if (command === 'help') return help(s, args[0])
  if (command === 'quit') return 0
  if (command === 'version') {
    s.print(`${PROGRAM} v${VERSION}, protocol version: 7\n`)
    return 0
  }
  if (name !== null) setName(s, name)
  if (command === 'rename' || command === 'swap') setName(s, second)
  if (rest.length > 0) problem(`Unknown argument ${rest[0]}`)
  switch (command) {
    case 'restore':
      return null
    case 'destroy':
      s.commit()
      if (s.env.exist && name !== null && !s.ask('set.header', { name }).ok) return 0
      s.kernel(command, 'set.destroy', { name })
      return 0
    case 'flush':
      s.commit()
      s.kernel(command, 'set.flush', { name })
      return 0
    case 'list':
    case 'save':
      list(s, command, name)
      return 0
    case 'rename':
    case 'swap':
      s.commit()
      s.kernel(command, command === 'rename' ? 'set.rename' : 'set.swap', { from: name ?? '', to: second })
      return 0
  }
}

/** run, again and again until every host name is known. */
function* runWaiting(s: Session, line: Line): Generator<Wait, number | null, void> {
  for (;;) {
    try {
      return run(s, line)
    } catch (e) {
      if (!(e instanceof NameNeeded)) throw e
      yield* s.names.lookup(e.host)
    }
  }
}

function* input(s: Session): Generator<Wait, string, void> {
  const { file } = s.env
  if (file !== null) {
    const read = s.sys.readFile(file)
    if (!read.ok) throw new ToolExit('', 255)
    return read.value
  }
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const chunk = s.sys.read(0)
    if (!chunk.ok) {
      if (chunk.errno !== 'EAGAIN') return text
      yield { readable: [0] }
      continue
    }
    if (chunk.value.length === 0) return text + decoder.decode()
    text += decoder.decode(chunk.value, { stream: true })
    s.sys.hold(text.length)
  }
}

/** ipset_parse_stream: the first line that fails ends it. */
function* restore(s: Session): Generator<Wait, number, void> {
  const text = yield* input(s)
  s.env.file = null
  for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    s.line++
    const words = splitLine(line)
    if (words === null) continue
    if (/^\s*COMMIT\r?\n$/.test(line)) {
      s.commit()
      continue
    }
    const parsed = readLine(words, s.env, s.line)
    const code = yield* runWaiting(s, parsed)
    if (code !== null && code !== 0) return code
    if (parsed.command === 'quit') return 0
  }
  s.commit()
  return 0
}

export const ipset: Main = function* (sys, argv) {
  const s = new Session(sys)
  let code: number
  try {
    const result = yield* runWaiting(s, readLine(argv.slice(1), s.env, 0))
    code = result ?? (yield* restore(s))
    s.flush()
  } catch (e) {
    if (!(e instanceof ToolExit)) throw e
    code = s.env.quiet ? e.status : exitStatus(sys, e)
    s.flush()
  }
  return code
}
