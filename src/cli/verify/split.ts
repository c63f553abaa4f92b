// A script as steps, and the same script with a hook behind each: the shell stops there while its machine is looked at.
// Read first: types.ts, probe.ts (the hook). The hook gives $? back; a command that reads PIPESTATUS or $_ stays with the one before.
import { endOfStatement, parseScript, Source, type Statement } from '../../shell/parse.ts'
import { HOOK } from './probe.ts'
import type { Step } from './types.ts'

export interface Split {
  readonly steps: readonly Step[]
  /** The script with its hooks. */
  readonly text: string
  /** Line of `text` → line of the script; both from 1, index 0 is unused. */
  readonly lines: readonly number[]
}

/** What the shell remembers of the last command and the hook cannot give back. */
const NEEDS_LAST = /PIPESTATUS|\$_(?!\w)|\$\{_\b/

/** Commands that only print: nothing in a namespace changes by them. */
const PRINTERS: ReadonlySet<string> = new Set([
  ':',
  'echo',
  'export',
  'printf',
  'set',
  'shopt',
  'true',
  'false',
  'unset',
])

/** Something in it goes on in the background: `&`, but not `&&`, `>&`, `&>`. */
const STARTS = /(?<![&<>|])&(?![&>])/

/**
 * A step after which no table is looked at: it prints, or keeps something in the shell; or what it starts in the background changes
 * tables for some time.
 */
function isQuiet(statement: Statement, text: string, says: ReadonlySet<string>): boolean {
  const { command } = statement
  if (statement.background === true || (command.type !== 'Function' && STARTS.test(text))) return true
  if (command.type === 'Function') return true
  if (command.type !== 'Command' || /\$\(|`|[<>]/.test(text)) return false
  const name = command.name?.text
  return name === undefined || PRINTERS.has(name) || says.has(name)
}

/** Functions that hold nothing but a printing command, as in `say() { printf … ; }`. */
function printingFunction(statement: Statement, source: string): string | null {
  const { command } = statement
  if (command.type !== 'Function') return null
  const body = /\{\s*(\w+)\s([^;&|`$(]|\$[*@\d])*;?\s*\}\s*$/.exec(source)
  return body !== null && PRINTERS.has(body[1]!) && !/[<>]/.test(source) ? command.name.text : null
}

interface Piece {
  readonly from: number
  to: number
  commands: number
  quiet: boolean
}

function piecesOf(statements: readonly Statement[], script: string): Piece[] {
  const pieces: Piece[] = []
  const says = new Set<string>()
  let end = 0
  for (const s of statements) {
    const text = script.slice(s.pos, s.end)
    const last = pieces[pieces.length - 1]
    const quiet = isQuiet(s, text, says)
    const name = printingFunction(s, text)
    if (name !== null) says.add(name)
    if (last !== undefined && (end > s.pos || NEEDS_LAST.test(text))) {
      last.to = Math.max(end, endOfStatement(s))
      last.commands++
      last.quiet &&= quiet
    } else pieces.push({ from: s.pos, to: endOfStatement(s), commands: 1, quiet })
    end = Math.max(end, endOfStatement(s))
  }
  return pieces
}

/** A whole script in steps. What stands behind a syntax error is left to bash, which complains of it. */
export function split(script: string): Split {
  const source = new Source(script, '')
  const parsed = parseScript(source)
  const pieces = piecesOf(parsed.usable, script)
  // A here-document that the end of the text closes would swallow the hook; the end of the script is looked at anyway.
  const open = parsed.openHereDocs.length > 0
  const steps: Step[] = []
  const lines = [0]
  let text = ''
  const add = (part: string, first: number): void => {
    const n = part.split('\n').length - 1
    for (let i = 0; i < n; i++) lines.push(first + i)
    text += part
  }
  let at = 0
  for (const [i, piece] of pieces.entries()) {
    const next = pieces[i + 1]?.from ?? restOf(script, piece.to)
    const line = source.lineAt(piece.from)
    steps.push({
      number: i + 1,
      line,
      text: script.slice(piece.from, piece.to).trimEnd(),
      commands: piece.commands,
      quiet: piece.quiet,
    })
    const part = script.slice(at, next)
    add(part.endsWith('\n') ? part : `${part}\n`, source.lineAt(at))
    if (!open || i < pieces.length - 1)
      add(`${HOOK} ${i + 1} $? ${modeOf(piece, script)}&& :\n`, source.lineAt(Math.max(next - 1, piece.from)))
    at = next
  }
  const rest = script.slice(at)
  add(rest.endsWith('\n') || rest === '' ? rest : `${rest}\n`, source.lineAt(at))
  lines.push(source.lineAt(script.length))
  return { steps, text, lines }
}

/** What the hook looks at. */
function modeOf(piece: Piece, script: string): string {
  if (piece.quiet) return 'quiet '
  return /sysctl|\/proc\/sys/.test(script.slice(piece.from, piece.to)) ? 'sysctl ' : ''
}

/** The end of the line on which the last step ends; a `;`, a `&` and a comment still belong to it. */
function restOf(script: string, from: number): number {
  const at = script.indexOf('\n', Math.max(0, from - 1))
  return at < 0 ? script.length : at + 1
}
