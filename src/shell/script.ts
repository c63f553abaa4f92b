// Running a text: a script line by line (what stands before a syntax error runs), eval, source, traps.
// Read first: parse.ts, exec.ts.
import { Discard, type Run } from './control.ts'
import { runStatement, runStatements } from './exec.ts'
import { notifyJobs } from './notify.ts'
import { type Parsed, parseScript, Source, type Statement, type SyntaxErrorInfo } from './parse.ts'
import type { Shell } from './shell.ts'

export const SYNTAX_STATUS = 2
/** Parsing 2 characters counts as a step. */
export const PARSE_SHIFT = 1

export function reportSyntax(sh: Shell, error: SyntaxErrorInfo, how: string): void {
  const name = sh.interactive ? 'bash' : sh.source.name
  for (const m of error.messages)
    sh.sys.write(2, sh.interactive ? `bash: ${how}${m}\n` : `${name}: ${how}line ${error.line}: ${m}\n`)
}

/** Where the source goes on after some statements, for set -v. */
function endOfLine(source: Source, list: readonly Statement[]): number {
  const at = source.text.indexOf('\n', list[list.length - 1]?.end ?? 0)
  return at < 0 ? source.text.length : at + 1
}

/** Statements by the lines that bash reads at once. */
function* byLine(source: Source, list: readonly Statement[]): Generator<readonly Statement[], void, void> {
  let from = 0
  for (let i = 1; i <= list.length; i++) {
    const next = list[i]
    if (next !== undefined && source.lineAt(next.pos) === source.lineAt(list[i - 1]!.end)) continue
    yield list.slice(from, i)
    from = i
  }
}

/**
 * Run a whole script in the shell's own context. A failed expansion drops the rest of its line; here-documents that the end
 * of the file closes are warned of. `tail`: a single command may take the process over.
 */
export function* runScript(sh: Shell, source: Source, how: '' | '-c: ', tail = false): Run<number> {
  sh.source = source
  sh.sys.charge(source.text.length >> PARSE_SHIFT)
  const parsed = parseScript(source)
  warnHereDocs(sh, source, parsed)
  const single = tail && parsed.error === null && parsed.usable.length === 1 && sh.traps.size === 0
  let shown = 0
  for (const line of byLine(source, parsed.usable)) {
    const end = endOfLine(source, line)
    if (sh.option('verbose')) sh.sys.write(2, source.text.slice(shown, end))
    shown = end
    try {
      yield* runStatements(sh, line, single)
    } catch (e) {
      if (!(e instanceof Discard)) throw e
      sh.status = e.status
    }
    notifyJobs(sh)
  }
  if (parsed.error !== null) {
    reportSyntax(sh, parsed.error, how)
    // With -c, an error inside a substitution counts as a command that was not found.
    if (parsed.error.nested === true && sh.mode === 'command') sh.status = 127
    else if (parsed.error.keepsStatus !== true) sh.status = SYNTAX_STATUS
    sh.syntaxFailed = true
  }
  return sh.status
}

/** bash: line 2: warning: here-document at line 1 delimited by end-of-file (wanted `X') */
function warnHereDocs(sh: Shell, source: Source, parsed: Parsed): void {
  for (const h of parsed.openHereDocs) {
    const last = source.lineAt(source.text.length) - (source.text.endsWith('\n') ? 1 : 0)
    const at = `here-document at line ${source.lineAt(h.pos)} delimited by end-of-file (wanted \`${h.word}')`
    sh.sys.write(2, `${source.name}: line ${last}: warning: ${at}\n`)
  }
}

/** eval, trap actions, source: in the context of the running shell. */
export function* runText(sh: Shell, text: string, how: 'eval' | 'trap' | Source): Run<number> {
  const before = sh.source
  const source = how instanceof Object ? how : new Source(text, before.name, sh.line)
  const label = how === 'eval' ? 'eval: ' : ''
  try {
    sh.source = source
    sh.sys.charge(source.text.length >> PARSE_SHIFT)
    const parsed = parseScript(source)
    if (parsed.usable.length === 0) sh.status = 0
    for (const st of parsed.usable) yield* runStatement(sh, st)
    if (parsed.error !== null) {
      reportSyntax(sh, parsed.error, label)
      sh.status = SYNTAX_STATUS
    }
    return sh.status
  } finally {
    sh.source = before
  }
}
