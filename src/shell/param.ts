// Parameter expansion: $x, ${x}, ${!x}, ${#x}, defaults, slices, removal, replacement, case, @-operators; of arrays too.
// Read first: expand.ts, shell.ts.

import { matches, prefixLength, replaceMatches, suffixStart } from '../lib/pattern.ts'
import type { Run } from './control.ts'
import { evaluateText, expandEmbedded, expandInto, expandPattern, expandText } from './expand.ts'
import type { Sink } from './fields.ts'
import type { ParameterExpansionPart, ParameterOperation, Word } from './parse.ts'
import type { Shell } from './shell.ts'
import { transform } from './transform.ts'
import { isName, keysOf } from './vars.ts'

/** What a parameter is: one value (undefined when unset), or a list. */
type Value =
  | { readonly kind: 'one'; readonly value: string | undefined }
  | { readonly kind: 'list'; readonly values: readonly string[]; readonly star: boolean }

/** The joiner of "$*": IFS's first character. */
function joiner(sh: Shell): string {
  const ifs = sh.vars.get('IFS')
  return ifs === undefined ? ' ' : ifs.slice(0, 1)
}

/** $name without braces. */
export function expandSimple(sh: Shell, name: string, sink: Sink, quoted: boolean): void {
  if (name === '@' || name === '*') {
    put(sh, { kind: 'list', values: sh.positional, star: name === '*' }, sink, quoted)
    return
  }
  const value = sh.param(name)
  if (value === undefined && sh.option('nounset'))
    sh.fatal(`${/^\d|[!]/.test(name) ? `$${name}` : name}: unbound variable`)
  if (quoted) sink.quoted(value ?? '')
  else if (value !== undefined) sink.value(value)
}

function put(sh: Shell, v: Value, sink: Sink, quoted: boolean): void {
  if (v.kind === 'one') {
    if (quoted) sink.quoted(v.value ?? '')
    else if (v.value !== undefined) sink.value(v.value)
  } else if (v.star && quoted) sink.quoted(v.values.join(joiner(sh)))
  else sink.list(v.values, quoted)
}

function* lookup(sh: Shell, name: string, index: Word | undefined): Run<Value> {
  if (name === '@' || name === '*') return { kind: 'list', values: sh.positional, star: name === '*' }
  if (index === undefined) return { kind: 'one', value: sh.param(name) }
  if (index.text === '@' || index.text === '*') {
    return { kind: 'list', values: sh.list(name) ?? [], star: index.text === '*' }
  }
  return { kind: 'one', value: sh.element(name, yield* subscriptText(sh, name, index)) }
}

/** The text between [ and ]: a key of an associative array, or an expression. */
export function* subscriptText(sh: Shell, name: string, index: Word): Run<string> {
  const assoc = sh.vars.lookup(name)?.assoc
  if (assoc !== undefined && assoc !== null) return yield* expandText(sh, index)
  return yield* expandEmbedded(sh, index.text)
}

export function* expandParameter(sh: Shell, part: ParameterExpansionPart, sink: Sink, quoted: boolean): Run<void> {
  const op = part.operation
  const bad = (): never => sh.discard(`${part.text}: bad substitution`)
  let name = part.parameter
  let index = part.index
  if (!isName(name) && !/^(\d+|[@*#?$!-])$/.test(name)) bad()
  if (part.prefix === '!') {
    if (op?.type === 'Names') {
      put(
        sh,
        { kind: 'list', values: sh.vars.names().filter((n) => n.startsWith(name)), star: op.operator === '*' },
        sink,
        quoted,
      )
      return
    }
    if (index?.text === '@' || index?.text === '*') {
      const v = sh.vars.lookup(name)
      put(sh, { kind: 'list', values: v === undefined ? [] : keysOf(v), star: index.text === '*' }, sink, quoted)
      return
    }
    const to = yield* indirect(sh, name, index, part.text)
    name = to.name
    index = undefined
    if (to.index !== null) {
      const value: Value =
        to.index === '@' || to.index === '*'
          ? { kind: 'list', values: sh.list(name) ?? [], star: to.index === '*' }
          : { kind: 'one', value: sh.element(name, to.index) }
      yield* operate(sh, part, `${name}[${to.index}]`, value, op, sink, quoted)
      return
    }
  }
  const value = yield* lookup(sh, name, index)
  const shown = index === undefined ? name : `${name}[${index.text}]`
  if (part.prefix === '#') {
    if (op !== undefined) bad()
    checkSet(sh, value, shown)
    const length = value.kind === 'list' ? value.values.length : [...(value.value ?? '')].length
    put(sh, { kind: 'one', value: String(length) }, sink, quoted)
    return
  }
  yield* operate(sh, part, shown, value, op, sink, quoted)
}

/** ${!x}: the parameter whose name is x's value. */
function* indirect(
  sh: Shell,
  name: string,
  index: Word | undefined,
  text: string,
): Run<{ readonly name: string; readonly index: string | null }> {
  const v = sh.vars.raw(name)
  if (v?.nameref === true) return { name: v.value ?? '', index: null }
  const at = yield* lookup(sh, name, index)
  const target = at.kind === 'one' ? at.value : at.values.join(' ')
  if (target === undefined || target === '')
    return sh.discard(`${text.slice(2, -1).replace(/^!/, '!')}: invalid indirect expansion`)
  const m = /^([A-Za-z_]\w*|\d+|[@*#?$!-])(?:\[(.*)\])?$/s.exec(target)
  if (m === null) return sh.discard(`${target}: invalid variable name`)
  return { name: m[1]!, index: m[2] ?? null }
}

function checkSet(sh: Shell, value: Value, shown: string): void {
  if (sh.option('nounset') && value.kind === 'one' && value.value === undefined) {
    sh.fatal(`${/^\d|!/.test(shown) ? `$${shown}` : shown}: unbound variable`)
  }
}

function* operate(
  sh: Shell,
  part: ParameterExpansionPart,
  shown: string,
  value: Value,
  op: ParameterOperation | undefined,
  sink: Sink,
  quoted: boolean,
): Run<void> {
  if (op?.type === 'Default') {
    yield* applyDefault(sh, part, shown, value, op, sink, quoted)
    return
  }
  checkSet(sh, value, shown)
  if (op === undefined) {
    put(sh, value, sink, quoted)
    return
  }
  switch (op.type) {
    case 'Slice':
      put(sh, yield* slice(sh, part, value, op.offset, op.length), sink, quoted)
      return
    case 'Remove': {
      const pattern = yield* expandPattern(sh, op.operand)
      put(
        sh,
        each(value, (t) => remove(sh, t, pattern, op.operator)),
        sink,
        quoted,
      )
      return
    }
    case 'Replace': {
      const pattern = yield* expandPattern(sh, op.pattern)
      const text = yield* expandText(sh, op.replacement)
      put(
        sh,
        each(value, (t) => replaceMatches(pattern, t, op.operator, () => text, sh.sys)),
        sink,
        quoted,
      )
      return
    }
    case 'CaseModification': {
      const pattern = op.operand === undefined ? '?' : yield* expandPattern(sh, op.operand)
      put(
        sh,
        each(value, (t) => changeCase(sh, t, op.operator, pattern)),
        sink,
        quoted,
      )
      return
    }
    case 'Transform': {
      const result = transform(sh, part.parameter, part.index?.text, value, op.operand.text)
      if (result === null) sh.discard(`${part.text}: bad substitution`)
      put(sh, result, sink, quoted)
      return
    }
    case 'Names':
    case 'Unknown':
      sh.discard(`${part.text}: bad substitution`)
  }
}

/** The same operation on one value or on every element. */
function each(value: Value, f: (text: string) => string): Value {
  if (value.kind === 'list') return { ...value, values: value.values.map(f) }
  return { kind: 'one', value: value.value === undefined ? undefined : f(value.value) }
}

function* applyDefault(
  sh: Shell,
  part: ParameterExpansionPart,
  shown: string,
  value: Value,
  op: Extract<ParameterOperation, { type: 'Default' }>,
  sink: Sink,
  quoted: boolean,
): Run<void> {
  const colon = op.operator.startsWith(':')
  const text = value.kind === 'one' ? value.value : value.values.length === 0 ? undefined : value.values.join(' ')
  const present = text !== undefined && !(colon && text === '')
  switch (op.operator.slice(-1)) {
    case '+':
      if (present) yield* operand(sh, op.operand, sink, quoted)
      return
    case '-':
      if (present) put(sh, value, sink, quoted)
      else yield* operand(sh, op.operand, sink, quoted)
      return
    case '=': {
      if (present) {
        put(sh, value, sink, quoted)
        return
      }
      const assigned = yield* expandText(sh, op.operand, true)
      if (!isName(part.parameter)) sh.discard(`$${part.parameter}: cannot assign in this way`)
      if (part.index === undefined) sh.assign(part.parameter, assigned)
      else sh.setElement(part.parameter, yield* subscriptText(sh, part.parameter, part.index), assigned)
      put(sh, { kind: 'one', value: assigned }, sink, quoted)
      return
    }
    default: {
      if (present) {
        put(sh, value, sink, quoted)
        return
      }
      const message = yield* expandText(sh, op.operand)
      const standard = colon ? 'parameter null or not set' : 'parameter not set'
      sh.fatal(`${shown}: ${message === '' ? standard : message}`)
    }
  }
}

/** The word of ${x:-word}: in double quotes it is one text, else it is split like any other. */
function* operand(sh: Shell, word: Word, sink: Sink, quoted: boolean): Run<void> {
  if (!quoted) {
    // Literal text of the word is split too: it is the expansion's result.
    yield* expandInto(sh, word, { ...bind(sink), literal: (t) => sink.value(t) }, 'word')
    return
  }
  sink.quoted('')
  yield* expandInto(sh, word, { ...bind(sink), literal: (t) => sink.quoted(t), value: (t) => sink.quoted(t) }, 'word')
}

function bind(sink: Sink): Sink {
  return {
    literal: (t) => sink.literal(t),
    quoted: (t) => sink.quoted(t),
    value: (t) => sink.value(t),
    list: (v, q) => sink.list(v, q),
  }
}

function* slice(
  sh: Shell,
  part: ParameterExpansionPart,
  value: Value,
  offsetWord: Word,
  lengthWord: Word | undefined,
): Run<Value> {
  const offset = Number(yield* evaluateText(sh, offsetWord.text))
  const length = lengthWord === undefined ? null : Number(yield* evaluateText(sh, lengthWord.text))
  if (value.kind === 'one') {
    const chars = [...(value.value ?? '')]
    const start = offset < 0 ? chars.length + offset : offset
    if (start < 0 || start > chars.length) return { kind: 'one', value: '' }
    const end = length === null ? chars.length : length < 0 ? chars.length + length : start + length
    if (end < start) sh.discard(`${lengthWord!.text}: substring expression < 0`)
    return { kind: 'one', value: chars.slice(start, end).join('') }
  }
  const positional = part.parameter === '@' || part.parameter === '*'
  let values = positional ? [sh.arg0, ...value.values] : [...value.values]
  if (length !== null && length < 0) sh.discard(`${lengthWord!.text}: substring expression < 0`)
  if (positional || offset < 0) {
    const start = offset < 0 ? values.length + offset : offset
    values = start < 0 ? [] : values.slice(start, length === null ? undefined : start + length)
  } else {
    // Of an indexed array the offset is an index: elements from it on.
    const v = sh.vars.lookup(part.parameter)
    const keys = v === undefined || v.array === null ? values.map((_, i) => i) : keysOf(v).map(Number)
    values = values.filter((_, i) => keys[i]! >= offset).slice(0, length ?? undefined)
  }
  return { ...value, values }
}

function remove(sh: Shell, text: string, pattern: string, operator: '#' | '##' | '%' | '%%'): string {
  if (operator === '#' || operator === '##') {
    const n = prefixLength(pattern, text, operator === '##', sh.sys)
    return n < 0 ? text : text.slice(n)
  }
  const at = suffixStart(pattern, text, operator === '%%', sh.sys)
  return at < 0 ? text : text.slice(0, at)
}

function changeCase(sh: Shell, text: string, operator: '^' | '^^' | ',' | ',,', pattern: string): string {
  const change = (c: string): string =>
    matches(pattern, c, sh.sys) ? (operator.startsWith('^') ? c.toUpperCase() : c.toLowerCase()) : c
  if (operator.length === 2) return [...text].map(change).join('')
  return text === '' ? '' : change(text[0]!) + text.slice(1)
}
