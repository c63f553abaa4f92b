// Expansion of words in bash's order: braces, tilde, parameters, commands, arithmetic, word splitting, pathnames, quote removal.
// Read first: fields.ts (where results go). ${…} is in param.ts, $( ) and <( ) in substitute.ts.

import { hasMagic } from '../lib/pattern.ts'
import { expandBraces } from './brace.ts'
import type { Run } from './control.ts'
import { FieldSink, type Sink, TextSink } from './fields.ts'
import { expandGlob } from './glob.ts'
import { expandParameter, expandSimple } from './param.ts'
import { type ArithmeticExpression, parseEmbedded, parseWord, type Word, type WordPart } from './parse.ts'
import type { Shell } from './shell.ts'
import { substituteCommand, substituteProcess } from './substitute.ts'

/** Brace expansion of a word, remembered by its node: the text never changes. */
const braced = new WeakMap<Word, readonly (Word | string)[]>()

/** What braces make of a word; texts in which nothing is left to expand stand for themselves. */
function braceWords(sh: Shell, word: Word): readonly (Word | string)[] {
  let words = braced.get(word)
  if (words === undefined) {
    words = expandBraces(word.text, sh.sys)
      .map((t) => (t === '' ? null : /^[\w.,:/+-]+$/.test(t) ? t : parseWord(t)))
      .filter((w) => w !== null)
    braced.set(word, words)
  }
  sh.sys.charge(words.length)
  return words
}

/** A word as arguments of a command. */
export function* expandWord(sh: Shell, word: Word, out: string[]): Run<void> {
  const parts = word.parts
  if (parts === undefined && /^[^\\~*?[{]*$/.test(word.text)) {
    out.push(word.text)
    return
  }
  if (parts?.some((p) => p.type === 'BraceExpansion') === true && sh.option('braceexpand')) {
    for (const w of braceWords(sh, word)) {
      if (typeof w === 'string') out.push(w)
      else yield* expandFields(sh, w, out)
    }
    return
  }
  yield* expandFields(sh, word, out)
}

function* expandFields(sh: Shell, word: Word, out: string[]): Run<void> {
  const sink = new FieldSink(sh.ifs, sh.sys)
  yield* expandInto(sh, word, sink, 'word')
  sink.end()
  for (const f of sink.fields) {
    pay(sh, f.text)
    if (sh.option('noglob') || !hasMagic(f.pattern)) {
      out.push(f.text)
      continue
    }
    const options = { dotglob: sh.shopt('dotglob'), globstar: sh.shopt('globstar'), nocase: sh.shopt('nocaseglob') }
    const names = expandGlob(sh.sys, f.pattern, options)
    if (names.length > 0) for (const n of names) out.push(n)
    else if (sh.shopt('failglob')) sh.discard(`no match: ${f.text}`)
    else if (!sh.shopt('nullglob')) out.push(f.text)
  }
}

/** A word as one text, neither split nor globbed. */
export function* expandText(sh: Shell, word: Word, assignment = false): Run<string> {
  if (word.parts === undefined && !/[\\~]/.test(word.text)) return word.text
  const sink = new TextSink()
  yield* expandInto(sh, word, sink, assignment ? 'assignment' : 'word')
  const { text } = sink
  pay(sh, text)
  return text
}

/** Long texts count as the work that they make. */
function pay(sh: Shell, text: string): void {
  if (text.length < 256) return
  sh.sys.hold(text.length)
  sh.sys.charge(text.length >> 8)
}

/** A word as a pattern in which quoted characters are protected. */
export function* expandPattern(sh: Shell, word: Word): Run<string> {
  const sink = new TextSink()
  yield* expandInto(sh, word, sink, 'word')
  return sink.pattern
}

/** The right side of =~: quoted characters stand for themselves. */
export function* expandRegex(sh: Shell, word: Word): Run<string> {
  const sink = new TextSink()
  for (const p of word.parts ?? []) {
    // Backslashes are the regular expression's own here.
    if (p.type === 'Literal') sink.literal(p.text)
    else yield* expandPart(sh, p, sink, false)
  }
  return word.parts === undefined ? word.text : sink.regex
}

/** Expand into a sink. `assignment`: a tilde counts after every colon. */
export function* expandInto(sh: Shell, word: Word, sink: Sink, kind: 'word' | 'assignment'): Run<void> {
  if (word.parts === undefined) {
    bare(sh, word.text, sink, true, kind)
    return
  }
  let first = true
  for (const part of word.parts) {
    if (part.type === 'Literal') bare(sh, part.text, sink, first, kind)
    else yield* expandPart(sh, part, sink, false)
    first = false
  }
}

/** Unquoted text of the source: tilde prefixes, and backslashes that quote. */
function bare(sh: Shell, source: string, sink: Sink, first: boolean, kind: 'word' | 'assignment'): void {
  let text = source
  if (text.includes('~')) {
    if (first && text.startsWith('~')) text = tilde(sh, text, sink, kind)
    else if (first && kind === 'word' && /^[A-Za-z_]\w*=~/.test(text)) {
      const at = text.indexOf('=') + 1
      sink.literal(text.slice(0, at))
      text = tilde(sh, text.slice(at), sink, 'assignment')
    }
    if (kind === 'assignment') {
      for (let at = text.indexOf(':~'); at >= 0; at = text.indexOf(':~')) {
        unquote(text.slice(0, at + 1), sink)
        text = tilde(sh, text.slice(at + 1), sink, kind)
        if (text.startsWith('~')) break
      }
    }
  }
  unquote(text, sink)
}

/** Put what a tilde prefix stands for into the sink; gives the rest of the text. */
function tilde(sh: Shell, text: string, sink: Sink, kind: 'word' | 'assignment'): string {
  const prefix = (kind === 'assignment' ? /^~([^/:]*)/ : /^~([^/]*)/).exec(text)!
  const name = prefix[1]!
  let home: string | undefined
  if (name === '') home = sh.vars.get('HOME') ?? '/root'
  else if (name === '+') home = sh.sys.cwd()
  else if (name === '-') home = sh.vars.get('OLDPWD')
  else if (name === 'root') home = '/root'
  else if (name === 'nobody') home = '/nonexistent'
  if (home === undefined) return text
  sink.quoted(home)
  return text.slice(prefix[0].length)
}

function unquote(text: string, sink: Sink): void {
  let from = 0
  for (let at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', from)) {
    sink.literal(text.slice(from, at))
    const c = text[at + 1]
    if (c === undefined) sink.quoted('\\')
    else if (c !== '\n') sink.quoted(c)
    from = at + 2
  }
  sink.literal(text.slice(from))
}

export function* expandPart(sh: Shell, part: WordPart, sink: Sink, quoted: boolean): Run<void> {
  switch (part.type) {
    case 'Literal':
      if (quoted) sink.quoted(part.value)
      else unquote(part.text, sink)
      return
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      sink.quoted(part.value)
      return
    case 'DoubleQuoted':
    case 'LocaleString':
      yield* expandQuoted(sh, part.parts, sink)
      return
    case 'SimpleExpansion':
      expandSimple(sh, part.text.slice(1), sink, quoted)
      return
    case 'ParameterExpansion':
      yield* expandParameter(sh, part, sink, quoted)
      return
    case 'CommandExpansion': {
      const text = yield* substituteCommand(sh, part.script)
      if (quoted) sink.quoted(text)
      else sink.value(text)
      return
    }
    case 'ArithmeticExpansion': {
      const inner = part.text.startsWith('$[') ? part.text.slice(2, -1) : part.text.slice(3, -2)
      const value = String(yield* evaluateText(sh, inner))
      if (quoted) sink.quoted(value)
      else sink.value(value)
      return
    }
    case 'ProcessSubstitution':
      sink.quoted(substituteProcess(sh, part.operator, part.script))
      return
    case 'Glob':
      if (part.kind !== 'bracket') {
        sink.literal(part.text)
        return
      }
      sink.literal('[')
      for (const p of part.parts) yield* expandPart(sh, p, sink, false)
      sink.literal(']')
      return
    case 'ExtendedGlob':
      if (part.parts === undefined) {
        unquote(part.text, sink)
        return
      }
      sink.literal(`${part.operator}(`)
      for (const p of part.parts) yield* expandPart(sh, p, sink, false)
      sink.literal(')')
      return
    case 'BraceExpansion':
      if (part.parts === undefined) {
        unquote(part.text, sink)
        return
      }
      // Braces are not expanded here (assignments, case …): they stand for themselves.
      sink.literal('{')
      for (const p of part.parts) yield* expandPart(sh, p, sink, false)
      sink.literal('}')
  }
}

function* expandQuoted(sh: Shell, parts: readonly WordPart[], sink: Sink): Run<void> {
  // "$@" alone with no arguments is no field at all; anything else in quotes makes at least an empty one.
  if (!(parts.length === 1 && mayVanish(parts[0]!))) sink.quoted('')
  for (const p of parts) yield* expandPart(sh, p, sink, true)
}

function mayVanish(p: WordPart): boolean {
  if (p.type === 'SimpleExpansion') return p.text === '$@'
  if (p.type !== 'ParameterExpansion') return false
  return p.parameter === '@' || p.index?.text === '@'
}

/** A text expanded as in double quotes: arithmetic, subscripts, here-documents. */
export function* expandEmbedded(sh: Shell, text: string): Run<string> {
  if (!/[$`\\]/.test(text)) return text
  sh.sys.charge(2 + (text.length >> 3))
  const statement = parseEmbedded(text)?.commands[0]?.command
  const redirect = statement?.type === 'Command' ? statement.redirects[0] : undefined
  if (redirect?.type !== 'HereDoc') return text
  const sink = new TextSink()
  if (redirect.body.parts === undefined) return redirect.body.text.slice(0, -1)
  for (const p of redirect.body.parts) yield* expandPart(sh, p, sink, true)
  return sink.text.replace(/\n$/, '')
}

/** $((…)): expand, then evaluate. Double quotes in it mean nothing. */
export function* evaluateText(sh: Shell, text: string, who = ''): Run<bigint> {
  const expanded = yield* expandEmbedded(sh, text)
  return sh.arith(expanded.includes('"') ? expanded.replaceAll('"', '') : expanded, who)
}

/** A part of for ((…;…;…)), by its place in the source. */
export function* evaluateNode(sh: Shell, node: ArithmeticExpression): Run<bigint> {
  return yield* evaluateText(sh, sh.source.text.slice(node.pos, node.end), '((: ')
}
