// declare/typeset, local, export, readonly, unset. Read first: ../vars.ts. Leaves out export -f (refused by name).
import { assignArray } from '../assign.ts'
import type { Run } from '../control.ts'
import { traceQuote } from '../quote.ts'
import type { Shell } from '../shell.ts'
import { trace } from '../trace.ts'
import { attributes, declaration } from '../transform.ts'
import { deleteIndexed, isName, newVariable, ReadonlyError, scalar, type Variable } from '../vars.ts'
import { output } from './echo.ts'
import { functionText } from './names.ts'
import type { DeclarationArg } from './table.ts'

interface Request {
  readonly who: string
  readonly on: ReadonlySet<string>
  readonly off: ReadonlySet<string>
  readonly args: readonly DeclarationArg[]
}

const USAGE: Readonly<Record<string, string>> = Object.freeze({
  declare: 'declare [-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]',
  typeset: 'typeset [-aAfFgiIlnrtux] name[=value] ... or typeset -p [-aAfFilnrtux] [name ...]',
  local: 'local [option] name[=value] ...',
  export: 'export [-fn] [name[=value] ...] or export -p',
  readonly: 'readonly [-aAf] [name[=value] ...] or readonly -p',
})

/** Options and arguments; null when an option is wrong (reported). */
function parse(sh: Shell, args: readonly DeclarationArg[], who: string, letters: string): Request | null {
  const on = new Set<string>()
  const off = new Set<string>()
  let i = 0
  for (; i < args.length; i++) {
    const a = args[i]!
    if (a.kind !== 'word' || !/^[-+]./.test(a.text)) break
    if (a.text === '--') {
      i++
      break
    }
    for (const c of a.text.slice(1)) {
      if (!letters.includes(c)) {
        sh.complain(`${who}: ${a.text[0]}${c}: invalid option`)
        sh.sys.write(2, `${who}: usage: ${USAGE[who]}\n`)
        return null
      }
      ;(a.text[0] === '-' ? on : off).add(c)
    }
  }
  return { who, on, off, args: args.slice(i) }
}

function setAttributes(v: Variable, on: ReadonlySet<string>, off: ReadonlySet<string>): void {
  if (on.has('A') && v.assoc === null) v.assoc = new Map(v.value === null ? [] : [['0', v.value]])
  if (on.has('a') && v.array === null && v.assoc === null) v.array = new Map(v.value === null ? [] : [[0, v.value]])
  if (v.array !== null || v.assoc !== null) v.value = null
  if (on.has('i')) v.integer = true
  if (on.has('l')) Object.assign(v, { lower: true, upper: false })
  if (on.has('u')) Object.assign(v, { upper: true, lower: false })
  if (on.has('x')) v.exported = true
  if (on.has('n')) v.nameref = true
  if (off.has('i')) v.integer = false
  if (off.has('l')) v.lower = false
  if (off.has('u')) v.upper = false
  if (off.has('x')) v.exported = false
  if (off.has('n')) v.nameref = false
}

/** One argument: NAME, NAME=VALUE, NAME+=VALUE, NAME[i]=VALUE, NAME=(…). */
function* declareOne(sh: Shell, r: Request, arg: DeclarationArg, isLocal: boolean): Run<boolean> {
  const m = arg.kind === 'word' ? /^([^=+[]*)(?:\[([^\]]*)\])?(?:(\+?=)([\s\S]*))?$/.exec(arg.text) : null
  const name = arg.kind === 'array' ? arg.name : (m?.[1] ?? arg.text)
  if (!isName(name) || (arg.kind === 'word' && m === null)) {
    sh.complain(`${r.who}: \`${arg.kind === 'word' ? arg.text : arg.name}': not a valid identifier`)
    return false
  }
  const assigns = arg.kind === 'array' || m?.[3] !== undefined
  const existing = sh.vars.raw(name)
  if (existing?.readonly === true && (assigns || isLocal)) {
    sh.complain(`${r.who === 'export' || r.who === 'readonly' ? '' : `${r.who}: `}${name}: readonly variable`)
    return false
  }
  let v: Variable
  if (isLocal) v = sh.vars.local(name)
  else if (r.on.has('n') || r.off.has('n')) v = sh.vars.raw(name) ?? sh.vars.ensure(name)
  else v = sh.vars.ensure(name)
  setAttributes(v, r.on, r.off)
  if (arg.kind === 'array') yield* assignArray(sh, v, name, arg.elements, arg.append)
  else if (m?.[3] !== undefined) {
    const append = m[3] === '+='
    if (r.on.has('n')) v.value = m[4]!
    else if (m[2] !== undefined) sh.setElement(name, m[2], m[4]!, append)
    else if ((v.array !== null || v.assoc !== null) && /^\(.*\)$/s.test(m[4]!)) sh.setElement(name, '0', m[4]!, append)
    else {
      sh.assign(name, m[4]!, append)
      // set -x shows these two twice: the command, and the assignment.
      if (r.who === 'export' || r.who === 'readonly') trace(sh, `${name}${m[3]}${m[4] === '' ? '' : traceQuote(m[4]!)}`)
    }
  }
  if (r.on.has('r')) v.readonly = true
  return true
}

function* declareAll(sh: Shell, r: Request, isLocal: boolean): Run<number> {
  let status = 0
  for (const a of r.args) if (!(yield* declareOne(sh, r, a, isLocal))) status = 1
  return status
}

/** declare -p, export -p …: the declarations of some names, or of all that have the attributes. */
function list(sh: Shell, r: Request, names: readonly string[]): number {
  let status = 0
  const all = names.length === 0
  for (const name of all ? sh.vars.names() : names) {
    const v = sh.vars.raw(name)
    if (v === undefined) {
      sh.complain(`${r.who}: ${name}: not found`)
      status = 1
      continue
    }
    const flags = attributes(v)
    if (all && [...r.on].some((f) => f !== 'p' && f !== 'g' && !flags.includes(f))) continue
    output(sh, r.who, `${declaration(name, v)}\n`)
  }
  return status
}

function listFunctions(sh: Shell, r: Request, names: readonly string[]): number {
  let status = 0
  for (const name of names.length === 0 ? [...sh.functions.keys()].sort() : names) {
    if (!sh.functions.has(name)) status = 1
    else if (r.on.has('F')) output(sh, r.who, names.length === 0 ? `declare -f ${name}\n` : `${name}\n`)
    else output(sh, r.who, functionText(sh, name))
  }
  return status
}

const wordsOf = (r: Request): string[] => r.args.map((a) => (a.kind === 'word' ? a.text : a.name))

export function* declare(sh: Shell, words: readonly string[], args: readonly DeclarationArg[]): Run<number> {
  const r = parse(sh, args, words[0]!, 'aAfFgiIlnprtux')
  if (r === null) return 2
  if (r.on.has('f') || r.on.has('F')) return listFunctions(sh, r, wordsOf(r))
  if (r.on.has('p') || r.args.length === 0) return list(sh, r, wordsOf(r))
  return yield* declareAll(sh, r, sh.frames.length > 0 && !r.on.has('g'))
}

export function* local(sh: Shell, words: readonly string[], args: readonly DeclarationArg[]): Run<number> {
  if (sh.frames.length === 0) {
    sh.complain('local: can only be used in a function')
    return 1
  }
  const r = parse(sh, args, words[0]!, 'aAfFgiIlnprtux')
  if (r === null) return 2
  if (r.args.some((a) => a.kind === 'word' && a.text === '-')) {
    sh.complain('local: -: not modelled by netsim')
    return 1
  }
  if (r.args.length > 0) return yield* declareAll(sh, r, true)
  for (const name of sh.vars.localNames()) {
    const v = sh.vars.raw(name)!
    output(sh, 'local', `${name}=${scalar(v) ?? ''}\n`)
  }
  return 0
}

export function* exportBuiltin(sh: Shell, _words: readonly string[], args: readonly DeclarationArg[]): Run<number> {
  const r = parse(sh, args, 'export', 'fnp')
  if (r === null) return 2
  if (r.on.has('f')) {
    sh.complain('export: -f: exporting functions is not modelled by netsim')
    return 1
  }
  if (r.args.length === 0) return list(sh, { ...r, on: new Set(['x']) }, [])
  const marks = r.on.has('n')
    ? { on: new Set<string>(), off: new Set(['x']) }
    : { on: new Set(['x']), off: new Set<string>() }
  return yield* declareAll(sh, { ...r, ...marks }, false)
}

export function* readonlyBuiltin(sh: Shell, _words: readonly string[], args: readonly DeclarationArg[]): Run<number> {
  const r = parse(sh, args, 'readonly', 'aAfp')
  if (r === null) return 2
  if (r.args.length === 0) return list(sh, { ...r, on: new Set(['r']) }, [])
  return yield* declareAll(sh, { ...r, on: new Set([...r.on, 'r']) }, false)
}

export function unset(sh: Shell, words: readonly string[]): number {
  let kind: 'any' | 'f' | 'v' | 'n' = 'any'
  let i = 1
  for (; /^-./.test(words[i] ?? '') && words[i] !== '--'; i++) {
    const c = words[i]!.slice(1)
    if (c !== 'f' && c !== 'v' && c !== 'n') {
      sh.complain(`unset: -${c[0]}: invalid option`)
      sh.sys.write(2, 'unset: usage: unset [-f] [-v] [-n] [name ...]\n')
      return 2
    }
    kind = c
  }
  if (words[i] === '--') i++
  let status = 0
  for (const word of words.slice(i)) {
    const m = /^(\w+)\[(.*)\]$/s.exec(word)
    if (m !== null && kind !== 'f') {
      unsetElement(sh, m[1]!, m[2]!)
      continue
    }
    if (!isName(word) && kind !== 'f') {
      sh.complain(`unset: \`${word}': not a valid identifier`)
      status = 1
      continue
    }
    try {
      if (kind === 'f' || (kind === 'any' && sh.vars.raw(word) === undefined)) sh.functions.delete(word)
      else if (kind === 'n') sh.vars.restore(word, undefined)
      else unsetVariable(sh, word)
    } catch (e) {
      if (!(e instanceof ReadonlyError)) throw e
      sh.complain(`unset: ${e.message}`)
      status = 1
    }
  }
  return status
}

/** A local variable that is unset stays a local one without a value. */
function unsetVariable(sh: Shell, name: string): void {
  const isLocal = sh.frames.length > 0 && sh.vars.localNames().includes(name)
  sh.vars.unset(name)
  if (isLocal) sh.vars.local(name)
}

function unsetElement(sh: Shell, name: string, index: string): void {
  const v = sh.vars.lookup(name)
  if (v === undefined) return
  if (index === '@' || index === '*') {
    Object.assign(v, newVariable(), v.assoc !== null ? { assoc: new Map() } : { array: new Map() })
    return
  }
  const key = sh.elementKey(name, index)
  if (v.assoc !== null) v.assoc.delete(String(key))
  else if (v.array !== null) deleteIndexed(v.array, Number(key))
  else if (key === 0) sh.vars.unset(name)
}
