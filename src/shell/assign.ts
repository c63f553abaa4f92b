// Assignments: name=value, name+=value, name[i]=value, name=(…), with set -x lines. Read first: vars.ts, shell.ts.
import type { Run } from './control.ts'
import { expandInto, expandText, expandWord } from './expand.ts'
import { TextSink } from './fields.ts'
import { subscriptText } from './param.ts'
import type { Assignment, Word } from './parse.ts'
import { parseWord } from './parse.ts'
import { traceQuote } from './quote.ts'
import { BadSubscript, type Shell } from './shell.ts'
import { trace } from './trace.ts'
import { nextIndex, setIndexed, type Variable } from './vars.ts'

/** [index]=value inside (…): the parts of the word, or null when it is a plain element. */
function keyed(word: Word): { readonly index: string; readonly append: boolean; readonly value: Word | null } | null {
  const m = /^\[/.exec(word.text)
  if (m === null) return null
  let depth = 0
  let i = 0
  do {
    const c = word.text[i]
    if (c === '\\') i++
    else if (c === '[') depth++
    else if (c === ']') depth--
    i++
  } while (depth > 0 && i < word.text.length)
  const rest = /^(\+?)=([\s\S]*)$/.exec(word.text.slice(i))
  if (depth > 0 || rest === null) return null
  const value = rest[2] === '' ? null : parseWord(rest[2]!)
  return { index: word.text.slice(1, i - 1), append: rest[1] === '+', value }
}

/** A key may hold blanks outside quotes: [a b]=1. */
function protectBlanks(key: string): string {
  return key.replace(/"(?:\\.|[^"])*"|'[^']*'|\$\([^)]*\)|\s/g, (m) => (/^\s$/.test(m) ? `\\${m}` : m))
}

/** name=(…): replace or extend a whole array. */
export function* assignArray(
  sh: Shell,
  v: Variable,
  name: string,
  elements: readonly Word[],
  append: boolean,
): Run<void> {
  if (v.readonly) sh.discard(`${name}: readonly variable`)
  const entries: { index: string | null; append: boolean; value: string }[] = []
  const pairs = v.assoc !== null && !elements.some((e) => keyed(e) !== null)
  for (const e of elements) {
    const k = keyed(e)
    if (k !== null) {
      const indexWord = parseWord(protectBlanks(k.index))
      const index =
        v.assoc !== null && indexWord !== null ? yield* expandText(sh, indexWord) : yield* expandedIndex(sh, k.index)
      entries.push({ index, append: k.append, value: k.value === null ? '' : yield* expandText(sh, k.value, true) })
      continue
    }
    const words: string[] = []
    yield* expandWord(sh, e, words)
    for (const value of words) entries.push({ index: null, append: false, value })
  }
  if (v.assoc !== null) {
    if (!append) v.assoc = new Map()
    if (pairs) {
      for (let i = 0; i < entries.length; i += 2) v.assoc.set(entries[i]!.value, entries[i + 1]?.value ?? '')
      return
    }
    for (const e of entries) {
      if (e.index === null)
        sh.complain(`${name}: ${traceQuote(e.value)}: must use subscript when assigning associative array`)
      else v.assoc.set(e.index, e.append ? (v.assoc.get(e.index) ?? '') + e.value : e.value)
    }
    return
  }
  const old = append ? (v.array ?? new Map(v.value === null ? [] : [[0, v.value]])) : new Map<number, string>()
  v.value = null
  v.array = old
  let next = append ? nextIndex(v) : 0
  for (const e of entries) {
    if (e.index !== null) next = Number(sh.elementKey(name, e.index))
    const value = v.integer ? String(sh.arith(e.value)) : e.value
    setIndexed(old, next, e.append ? (old.get(next) ?? '') + value : value)
    next++
  }
}

function* expandedIndex(sh: Shell, text: string): Run<string> {
  const word = parseWord(text)
  if (word === null) return text
  const sink = new TextSink()
  yield* expandInto(sh, word, sink, 'word')
  return sink.text
}

/** One assignment in front of a command, or alone; with set -x it is shown. */
export function* assign(sh: Shell, a: Assignment, show: boolean): Run<void> {
  const append = a.append === true
  const op = append ? '+=' : '='
  if (a.value.type === 'ArrayValue') {
    const v = sh.vars.ensure(a.name)
    if (show) trace(sh, `${a.name}${op}(${a.value.elements.map((e) => e.text).join(' ')})`)
    try {
      yield* assignArray(sh, v, a.name, a.value.elements, append)
    } catch (e) {
      if (e instanceof BadSubscript) sh.discard(e.message)
      throw e
    }
    return
  }
  const value = yield* expandText(sh, a.value, true)
  if (a.index === undefined) {
    sh.assign(a.name, value, append)
    if (show) trace(sh, `${a.name}${op}${value === '' ? '' : traceQuote(value)}`)
    return
  }
  if (a.index.text === '') sh.discard(`${a.name}[]: bad array subscript`)
  const index = yield* subscriptText(sh, a.name, a.index)
  sh.setElement(a.name, index, value, append)
  if (show) trace(sh, `${a.name}[${a.index.text}]${op}${value === '' ? '' : traceQuote(value)}`)
}
