// From text to syntax tree: the only file that knows unbash. Errors are worded as bash 5.2 words them, nested scripts' too.
// bash reads a script line by line, so what stands before a wrong line still runs: `Parsed.usable` holds it.
import { forEachChild, parse, type Script, type Statement, type SyntaxNode, type Word } from 'unbash'

export type {
  ArithmeticExpression,
  Assignment,
  Command,
  CommandNode,
  CompoundCommand,
  CompoundList,
  Function as FunctionNode,
  HereDoc,
  ParameterExpansionPart,
  ParameterOperation,
  Pipeline,
  PipelineNode,
  Redirection,
  Script,
  Statement,
  TestExpression,
  Word,
  WordPart,
} from 'unbash'

/** A source text with what is needed to say where something in it stands. */
export class Source {
  readonly text: string
  /** What stands before ": line N" in messages. */
  readonly name: string
  /** Line number of the first line. */
  readonly first: number
  private starts: number[] | null = null

  constructor(text: string, name: string, first = 1) {
    this.text = text
    this.name = name
    this.first = first
  }

  lineAt(pos: number): number {
    if (this.starts === null) {
      this.starts = [0]
      for (let i = this.text.indexOf('\n'); i >= 0; i = this.text.indexOf('\n', i + 1)) this.starts.push(i + 1)
    }
    let lo = 0
    let hi = this.starts.length - 1
    while (lo < hi) {
      const mid = (lo + hi + 1) >> 1
      if (this.starts[mid]! <= pos) lo = mid
      else hi = mid - 1
    }
    return this.first + lo
  }

  lineText(pos: number): string {
    const from = this.text.lastIndexOf('\n', pos - 1) + 1
    const to = this.text.indexOf('\n', pos)
    return this.text.slice(from, to < 0 ? undefined : to)
  }
}

export interface SyntaxErrorInfo {
  readonly line: number
  /** Lines after "NAME: line N: ". */
  readonly messages: readonly string[]
  /** Errors inside [[ ]] leave $? as it was. */
  readonly keepsStatus?: boolean
  /** It stands inside $(…), `…` or <(…). */
  readonly nested?: boolean
}

export interface Parsed {
  readonly script: Script
  /** The statements that run: all, or those on the lines before a syntax error. */
  readonly usable: readonly Statement[]
  readonly error: SyntaxErrorInfo | null
  /** Here-documents that the end of the text closes. */
  readonly openHereDocs: readonly { readonly pos: number; readonly word: string }[]
}

interface Found {
  readonly message: string
  readonly pos: number
}

/** Errors of nested scripts, and here-documents without an end. */
function inspect(node: SyntaxNode, out: Found[], open: { pos: number; word: string }[]): void {
  forEachChild(node, (child) => {
    if (child.type === 'HereDoc' && child.closing === undefined)
      open.push({ pos: child.pos, word: child.delimiter?.value ?? '' })
    if (child.type === 'Script') {
      // Escaped backticks have a text of their own; their errors are placed at the substitution.
      for (const e of child.errors ?? [])
        out.push(child.source === undefined ? e : { message: e.message, pos: node.pos })
    }
    inspect(child, out, open)
  })
}

const UNTERMINATED: Readonly<Record<string, string>> = Object.freeze({
  'double quote': '"',
  'single quote': "'",
  'ANSI-C quote': "'",
  backtick: '`',
  'command substitution': ')',
  'process substitution': ')',
  'arithmetic expansion': ')',
  'arithmetic command': ')',
  'parameter expansion': '}',
  'extended glob': ')',
  'array assignment': ')',
})

const OPERATORS = Object.freeze([
  ';;&',
  '<<<',
  '&>>',
  ';;',
  ';&',
  '&&',
  '||',
  '|&',
  '<<',
  '>>',
  '<&',
  '>&',
  '<>',
  '>|',
  '&>',
])

/** The token that bash's parser stumbled over at a position; null at the end of the text. */
function tokenAt(text: string, from: number): { readonly token: string; readonly pos: number } | null {
  let i = from
  for (;;) {
    while (text[i] === ' ' || text[i] === '\t') i++
    if (text[i] === '#' && (i === 0 || /[\s;&|()]/.test(text[i - 1]!))) {
      while (i < text.length && text[i] !== '\n') i++
    } else if (text[i] === '\\' && text[i + 1] === '\n') i += 2
    else break
  }
  if (i >= text.length) return null
  if (text[i] === '\n') return { token: 'newline', pos: i }
  const op = OPERATORS.find((o) => text.startsWith(o, i)) ?? (/[;&|()<>]/.test(text[i]!) ? text[i]! : null)
  if (op !== null) return { token: op, pos: i }
  const m = /^(?:\\.|'[^']*'|"(?:\\.|[^"\\])*"|[^\s;&|()<>])+/.exec(text.slice(i))
  return { token: m?.[0] ?? text[i]!, pos: i }
}

/** Where bash's complaint about a missing word points: blank lines are allowed there, so the next line's token counts. */
function offender(text: string, e: Found): ReturnType<typeof tokenAt> {
  // An empty group is reported at its opening.
  const from = /^expected command in/.test(e.message) ? (tokenAt(text, e.pos)?.pos ?? e.pos) + 1 : e.pos
  let t = tokenAt(text, from)
  const skipsNewlines = /^expected (command|'(?!do|in)|compound)/.test(e.message)
  while (skipsNewlines && t?.token === 'newline') t = tokenAt(text, t.pos + 1)
  return t
}

function describe(source: Source, e: Found): SyntaxErrorInfo {
  const text = source.text
  const lastLine = source.lineAt(text.length) + (text.endsWith('\n') ? 0 : 1)
  const open = /^unterminated (.*)/.exec(e.message)?.[1]
  if (open !== undefined) {
    const mark = UNTERMINATED[open] ?? open
    const line = open === 'command substitution' || open === 'process substitution' ? lastLine : source.lineAt(e.pos)
    return { line, messages: [`unexpected EOF while looking for matching \`${mark}'`] }
  }
  if (/unary test operator/.test(e.message)) {
    const t = tokenAt(text, e.pos)
    const word = t?.token ?? 'newline'
    return {
      line: source.lineAt(e.pos),
      messages: [`unexpected argument \`${word}' to conditional unary operator`],
      keepsStatus: true,
    }
  }
  if (/three arithmetic/.test(e.message)) {
    const head = /\(\([^\n]*?\)\)/.exec(source.lineText(e.pos))?.[0] ?? ''
    const messages = ['syntax error: arithmetic expression required', `syntax error: \`${head}'`]
    return { line: source.lineAt(e.pos), messages }
  }
  if (/conditional|\[\[/.test(e.message) || insideTest(source, e.pos)) {
    return { line: source.lineAt(e.pos), messages: ['conditional binary operator expected'], keepsStatus: true }
  }
  const t = offender(text, e)
  if (t === null && !/redirect target|function body/.test(e.message))
    return { line: lastLine, messages: ['syntax error: unexpected end of file'] }
  const pos = t?.pos ?? e.pos
  return {
    line: source.lineAt(pos),
    messages: [`syntax error near unexpected token \`${t?.token ?? 'newline'}'`, `\`${source.lineText(pos)}'`],
  }
}

/** Is the position between [[ and ]] of its line? */
function insideTest(source: Source, pos: number): boolean {
  const line = source.lineText(pos)
  const at = pos - (source.text.lastIndexOf('\n', pos - 1) + 1)
  return /(^|\s)\[\[\s/.test(line.slice(0, at)) && !/\s\]\]/.test(line.slice(0, at)) && /^\S/.test(line.slice(at))
}

/** The statements on the lines before the one where the wrong construct starts. */
function before(script: Script, source: Source, e: Found): readonly Statement[] {
  const pos = e.pos
  let start = pos
  // a || with nothing behind it: what stands in front belongs to it.
  const open = /^expected command after '[|&]/.test(e.message)
  const last = open ? script.commands.filter((s) => s.pos < pos).pop() : undefined
  if (last !== undefined) start = last.pos
  for (const s of script.commands) {
    if (s.pos <= pos && pos <= Math.max(s.end, s.pos)) start = Math.min(start, s.pos)
  }
  // An unfinished construct is recorded with an empty range.
  const broken = script.commands.find((s) => s.end <= s.pos)
  if (broken !== undefined) start = Math.min(start, broken.pos)
  const line = source.lineAt(start)
  return script.commands.filter((s) => s.end > s.pos && s.pos < start && source.lineAt(s.end) < line)
}

export function parseScript(source: Source): Parsed {
  const script = parse(source.text)
  const found: Found[] = [...(script.errors ?? [])]
  const openHereDocs: { pos: number; word: string }[] = []
  if (/\$\(|`|[<>]\(|<</.test(source.text)) inspect(script, found, openHereDocs)
  if (found.length === 0) return { script, usable: script.commands, error: null, openHereDocs }
  const first = found.reduce((a, b) => (b.pos < a.pos ? b : a))
  return {
    script,
    usable: before(script, source, first),
    error: { ...describe(source, first), nested: !(script.errors ?? []).includes(first) },
    openHereDocs,
  }
}

/** Is the text only unfinished (an open quote, if without fi, a here-document)? For reading line by line. */
export function isIncomplete(text: string): boolean {
  const parsed = parseScript(new Source(text, ''))
  if (parsed.error !== null)
    return /unexpected (end of file|EOF)/.test(parsed.error.messages[0]!) || /\\\n?$/.test(text)
  return parsed.openHereDocs.length > 0 || /(^|[^\\])(\\\\)*\\\n$/.test(text)
}

/** Up to where a statement reaches, its here-documents included. */
export function endOfStatement(statement: Statement): number {
  let end = statement.end
  const look = (node: SyntaxNode): void =>
    forEachChild(node, (child) => {
      if (child.type === 'HereDoc') end = Math.max(end, child.closing?.end ?? child.body.end)
      look(child)
    })
  look(statement)
  return end
}

/** Where the first line of commands ends, here-documents and all; the whole length when that cannot be told. */
export function firstCommandEnd(text: string): number {
  const source = new Source(text, '')
  const { script, error } = parseScript(source)
  const first = script.commands[0]
  if (error !== null || first === undefined) return text.length
  let end = endOfStatement(first)
  for (const s of script.commands) {
    if (s !== first && source.lineAt(s.pos) !== source.lineAt(end)) break
    end = Math.max(end, endOfStatement(s))
  }
  return text.indexOf('\n', end) + 1 || text.length
}

/** The words of a text, as they would stand after a command's name. Used for the results of brace expansion. */
export function parseWord(text: string): Word | null {
  const statement = parse(`: ${text}`).commands[0]?.command
  const arg = statement?.type === 'Command' ? statement.suffix[0] : undefined
  return arg?.type === 'Word' ? arg : null
}

const DELIMITER = '_end_of_embedded_text_'

/** A text that is expanded as if in double quotes (arithmetic, subscripts, prompts): its parts. */
export function parseEmbedded(text: string): Script | null {
  return parse(`: <<${DELIMITER}\n${text}\n${DELIMITER}\n`)
}
