// What a name stands for: type, command, builtin, hash; alias (scripts do not expand aliases, so it only keeps them).
import type { Run } from '../control.ts'
import type { Shell } from '../shell.ts'
import { runProgram } from '../simple.ts'
import { output } from './echo.ts'
import { builtinFor, type DeclarationArg } from './table.ts'

export const KEYWORDS: readonly string[] = Object.freeze(
  'if then else elif fi case esac for select while until do done in function time { } ! [[ ]] coproc'.split(' '),
)

type Meaning = { readonly kind: 'keyword' | 'function' | 'builtin' } | { readonly kind: 'file'; readonly path: string }

function meanings(sh: Shell, name: string): Meaning[] {
  const out: Meaning[] = []
  if (KEYWORDS.includes(name)) out.push({ kind: 'keyword' })
  if (sh.functions.has(name)) out.push({ kind: 'function' })
  if (builtinFor(name) !== undefined) out.push({ kind: 'builtin' })
  const found = sh.sys.find(name, sh.vars.get('PATH'))
  if (found.ok) out.push({ kind: 'file', path: found.value })
  return out
}

/** A function's text as declared. */
export function functionText(sh: Shell, name: string): string {
  const f = sh.functions.get(name)!
  const body = f.source.text.slice(f.node.body.pos, f.node.body.end)
  return `${name} () \n${body.replace(/^\{[ \t]*/, '{ \n    ').replace(/;?\s*\}$/, '\n}')}\n`
}

function describe(sh: Shell, name: string, m: Meaning): string {
  switch (m.kind) {
    case 'keyword':
      return `${name} is a shell keyword\n`
    case 'function':
      return `${name} is a function\n${functionText(sh, name)}`
    case 'builtin':
      return `${name} is a shell builtin\n`
    case 'file':
      return `${name} is ${m.path}\n`
  }
}

export function type(sh: Shell, words: readonly string[]): number {
  const flags = new Set(
    words
      .slice(1)
      .filter((w) => /^-[tpPaf]+$/.test(w))
      .join('')
      .replaceAll('-', ''),
  )
  const names = words.slice(1).filter((w) => !/^-[tpPaf]+$/.test(w))
  let status = 0
  for (const name of names) {
    let all = meanings(sh, name)
    if (flags.has('P')) all = all.filter((m) => m.kind === 'file')
    if (all.length === 0) {
      if (!flags.has('t') && !flags.has('p') && !flags.has('P')) sh.complain(`type: ${name}: not found`)
      status = 1
      continue
    }
    for (const m of flags.has('a') ? all : all.slice(0, 1)) {
      if (flags.has('t')) output(sh, 'type', `${m.kind}\n`)
      else if (flags.has('p') || flags.has('P')) {
        if (m.kind === 'file') output(sh, 'type', `${m.path}\n`)
      } else output(sh, 'type', describe(sh, name, m))
    }
  }
  return status
}

export function* command(sh: Shell, words: readonly string[], args: readonly DeclarationArg[]): Run<number> {
  let mode: 'run' | 'v' | 'V' = 'run'
  let i = 1
  for (; /^-[pvV]+$/.test(words[i] ?? ''); i++) {
    if (words[i]!.includes('v')) mode = 'v'
    if (words[i]!.includes('V')) mode = 'V'
  }
  if (words[i] === '--') i++
  const rest = words.slice(i)
  if (rest.length === 0) return 0
  if (mode === 'run') {
    const builtin = builtinFor(rest[0]!)
    if (builtin === undefined) return yield* runProgram(sh, null, rest, false)
    const r = builtin(sh, rest, args.slice(i))
    return typeof r === 'number' ? r : yield* r
  }
  let status = 0
  for (const name of rest) {
    const m = meanings(sh, name)[0]
    if (m === undefined) {
      if (mode === 'V') sh.complain(`command: ${name}: not found`)
      status = 1
    } else output(sh, 'command', mode === 'V' ? describe(sh, name, m) : `${m.kind === 'file' ? m.path : name}\n`)
  }
  return status
}

export function* builtinBuiltin(sh: Shell, words: readonly string[], args: readonly DeclarationArg[]): Run<number> {
  const name = words[1]
  if (name === undefined) return 0
  const builtin = builtinFor(name)
  if (builtin === undefined) {
    sh.complain(`builtin: ${name}: not a shell builtin`)
    return 1
  }
  const r = builtin(sh, words.slice(1), args.slice(1))
  return typeof r === 'number' ? r : yield* r
}

export function hash(sh: Shell, words: readonly string[]): number {
  let status = 0
  for (const name of words.slice(1)) {
    if (name.startsWith('-') || sh.sys.find(name, sh.vars.get('PATH')).ok || builtinFor(name) !== undefined) continue
    sh.complain(`hash: ${name}: not found`)
    status = 1
  }
  return status
}

/** Aliases are not expanded in scripts: defining one is accepted, as bash accepts it, and asking for one finds nothing. */
export function alias(sh: Shell, words: readonly string[]): number {
  let status = 0
  for (const w of words.slice(1)) {
    if (w.startsWith('-') || (words[0] === 'alias' && w.includes('='))) continue
    sh.complain(`${words[0]}: ${w}: not found`)
    status = 1
  }
  return status
}
