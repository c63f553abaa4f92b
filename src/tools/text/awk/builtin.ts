// awk's functions, those that do not wait: strings, numbers, time. Read first: awk/eval.ts.
// substr counts as mawk 1.3.4-20200120 does: a start below 1 makes the piece longer, not shorter.

import type { Regex } from '../../../lib/regex/regex.ts'
import { lower, upper } from '../sed_text.ts'
import type { Expr } from './ast.ts'
import type { Evaluator, Frame } from './eval.ts'
import { FormatError, format } from './format.ts'
import { splitFields } from './record.ts'
import { AwkError } from './state.ts'
import { mktime, strftime } from './time.ts'
import { Input, type Value } from './value.ts'

export function callBuiltin(ev: Evaluator, e: Expr, f: Frame): Value {
  const { st } = ev
  const [a, b] = e.kids
  const num = (): number => ev.number(a!, f)
  switch (e.name) {
    case 'length':
      return length(ev, a, f)
    case 'index': {
      const text = ev.text(a!, f)
      const part = ev.text(b!, f)
      return text.indexOf(part) + 1
    }
    case 'substr':
      return substr(ev, e.kids, f)
    case 'split':
      return split(ev, e.kids, f)
    case 'sub':
    case 'gsub':
      return substitute(ev, e, f)
    case 'match': {
      const m = regexOf(ev, b!, f).exec(ev.text(a!, f))
      st.setGlobal('RSTART', m === null ? 0 : m.start + 1)
      st.setGlobal('RLENGTH', m === null ? -1 : m.end - m.start)
      return m === null ? 0 : m.start + 1
    }
    case 'sprintf':
      return formatted(
        ev,
        'sprintf',
        e.kids.map((k) => ev.value(k, f)),
      )
    case 'tolower':
      return lower(ev.text(a!, f))
    case 'toupper':
      return upper(ev.text(a!, f))
    case 'int':
      return Math.trunc(num())
    case 'sqrt':
      return Math.sqrt(num())
    case 'exp':
      return Math.exp(num())
    case 'log':
      return Math.log(num())
    case 'sin':
      return Math.sin(num())
    case 'cos':
      return Math.cos(num())
    case 'atan2': {
      const y = num()
      return Math.atan2(y, ev.number(b!, f))
    }
    case 'rand':
      return st.rand()
    case 'srand': {
      const old = st.seed
      st.seed = a === undefined ? ev.wallSeconds() : num()
      st.random = Math.trunc(st.seed) | 0
      return old
    }
    case 'systime':
      return ev.wallSeconds()
    case 'strftime': {
      const at = b === undefined ? ev.wallSeconds() : ev.number(b, f)
      return strftime(a === undefined ? '%c' : ev.text(a, f), Math.trunc(at))
    }
    default:
      return mktime(ev.text(a!, f))
  }
}

function length(ev: Evaluator, a: Expr | undefined, f: Frame): number {
  if (a === undefined) return ev.st.text_(ev.st.field(0)).length
  if (a.op === 'global' || a.op === 'local') {
    const cell = ev.cell(a, f)
    if (cell.array !== null || cell.origin?.array != null) return cell.asArray().map.size
  }
  return ev.text(a, f).length
}

function substr(ev: Evaluator, kids: readonly Expr[], f: Frame): string {
  const text = ev.text(kids[0]!, f)
  let begin = Math.trunc(ev.number(kids[1]!, f))
  let size = kids[2] === undefined ? text.length : Math.trunc(ev.number(kids[2], f))
  if (begin < 1) {
    size -= begin
    begin = 1
  }
  return size <= 0 ? '' : text.slice(begin - 1, begin - 1 + size)
}

function regexOf(ev: Evaluator, e: Expr, f: Frame): Regex {
  return e.op === 'regex' ? e.regex! : ev.st.regexes.get(ev.text(e, f))
}

function split(ev: Evaluator, kids: readonly Expr[], f: Frame): number {
  const text = ev.text(kids[0]!, f)
  const by = kids[2]
  const parts =
    by?.op === 'regex'
      ? splitBy(text, by.regex!)
      : splitFields(text, by === undefined ? ev.st.str('FS') : ev.text(by, f), ev.st.regexes)
  const { map } = ev.array(kids[1]!, f)
  map.clear()
  for (const [i, p] of parts.entries()) map.set(String(i + 1), new Input(p))
  return parts.length
}

function splitBy(text: string, re: Regex): string[] {
  if (text === '') return []
  const out: string[] = []
  let from = 0
  for (let m = re.exec(text, 0); m !== null; m = re.exec(text, Math.max(m.end, m.start + 1))) {
    if (m.start === text.length) break
    if (m.end === m.start) continue
    out.push(text.slice(from, m.start))
    from = m.end
  }
  out.push(text.slice(from))
  return out
}

/** The replacement for one match: & is the match, \& an ampersand, \\ a backslash before either. */
function replacement(text: string, match: string): string {
  return text.replace(
    /\\(&|\\(?=\\?&))|&/g,
    (all: string, escaped: string | undefined) => escaped ?? (all === '&' ? match : all),
  )
}

function substitute(ev: Evaluator, e: Expr, f: Frame): number {
  const re = regexOf(ev, e.kids[0]!, f)
  const by = ev.text(e.kids[1]!, f)
  const target = e.kids[2]
  const text = target === undefined ? ev.st.text_(ev.st.field(0)) : ev.text(target, f)
  let out = ''
  let from = 0
  let count = 0
  let last = -1
  for (let at = 0; at <= text.length; ) {
    const m = re.exec(text, at)
    if (m === null) break
    if (m.end > m.start || m.start !== last) {
      count++
      out += text.slice(from, m.start) + replacement(by, text.slice(m.start, m.end))
      from = m.end
    }
    if (e.name === 'sub') break
    last = m.end
    at = m.end > m.start ? m.end : m.start + 1
  }
  if (count === 0) return 0
  const result = out + text.slice(from)
  if (target === undefined) ev.st.setField(0, result)
  else ev.store(target.op === 'group' ? target.kids[0]! : target, result, f)
  return count
}

/** printf and sprintf; a bad format is a run-time error. */
export function formatted(ev: Evaluator, name: string, values: readonly Value[]): string {
  const fmt = ev.st.text_(values[0])
  try {
    return format(fmt, values.slice(1), ev.st.str('CONVFMT'))
  } catch (e) {
    if (e instanceof FormatError) throw new AwkError(`${e.message} ${name}("${fmt}")`)
    throw e
  }
}
