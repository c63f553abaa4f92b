// Compound commands: groups, if, loops, case, (( )), [[ ]]. Read first: exec.ts.

import { matches } from '../lib/pattern.ts'
import { ArithError } from './arith.ts'
import { evaluateTest } from './conditional.ts'
import { LoopExit, type Run } from './control.ts'
import { checked, runStatements } from './exec.ts'
import { evaluateNode, expandEmbedded, expandPattern, expandText, expandWord } from './expand.ts'
import type { CompoundCommand, CompoundList, Statement, Word } from './parse.ts'
import { traceQuote } from './quote.ts'
import type { Shell } from './shell.ts'
import { trace } from './trace.ts'
import { boundary } from './traps.ts'
import { isName } from './vars.ts'

export function* runCompound(sh: Shell, node: CompoundCommand): Run<number> {
  switch (node.type) {
    case 'BraceGroup':
      return yield* runStatements(sh, node.body.commands)
    case 'If': {
      if ((yield* condition(sh, node.clause)) === 0) return yield* runStatements(sh, node.then.commands)
      for (const e of node.elif) {
        if ((yield* condition(sh, e.clause)) === 0) return yield* runStatements(sh, e.then.commands)
      }
      return node.else === undefined ? (sh.status = 0) : yield* runStatements(sh, node.else.commands)
    }
    case 'For':
      return yield* runFor(sh, node.name, node.wordlist, node.body)
    case 'ArithmeticFor':
      return yield* runArithmeticFor(sh, node)
    case 'While':
      return yield* loop(sh, node.body, function* () {
        return ((yield* condition(sh, node.clause)) === 0) === (node.kind === 'while')
      })
    case 'Case':
      return yield* runCase(sh, node)
    case 'ArithmeticCommand':
      return yield* runArithmetic(sh, node.body, node.pos)
    case 'TestCommand': {
      yield* boundary(sh)
      sh.line = sh.source.lineAt(node.pos)
      const status = yield* evaluateTest(sh, node.expression)
      sh.pipeStatus = [status]
      return yield* checked(sh, status)
    }
    case 'Select':
      sh.line = sh.source.lineAt(node.pos)
      sh.complain('select: not modelled by netsim')
      return yield* checked(sh, 2)
    case 'Subshell':
      // exec.ts runs subshells.
      return sh.status
  }
}

/** A list whose failure is an answer, not an error. */
function* condition(sh: Shell, list: CompoundList): Run<number> {
  sh.lenient++
  try {
    return yield* runStatements(sh, list.commands)
  } finally {
    sh.lenient--
  }
}

/** Run a body while the test says so; break and continue end here or further out. */
function* loop(sh: Shell, body: CompoundList, test: () => Run<boolean>, after?: () => Run<void>): Run<number> {
  let status = 0
  sh.loopDepth++
  try {
    for (;;) {
      try {
        if (!(yield* test())) break
        yield* boundary(sh)
        status = yield* bodyOf(sh, body.commands)
      } catch (e) {
        if (!(e instanceof LoopExit)) throw e
        if (--e.levels > 0 && sh.loopDepth > 1) throw e
        status = 0
        if (e.kind === 'break') break
      }
      if (after !== undefined) yield* after()
    }
  } finally {
    sh.loopDepth--
  }
  return (sh.status = status)
}

function* bodyOf(sh: Shell, list: readonly Statement[]): Run<number> {
  return yield* runStatements(sh, list)
}

function* runFor(sh: Shell, nameWord: Word, list: readonly Word[] | undefined, body: CompoundList): Run<number> {
  const name = nameWord.text
  sh.line = sh.source.lineAt(nameWord.pos)
  if (!isName(name)) {
    sh.complain(`\`${name}': not a valid identifier`)
    return yield* checked(sh, 1)
  }
  const words: string[] = []
  if (list === undefined) words.push(...sh.positional)
  else for (const w of list) yield* expandWord(sh, w, words)
  const line = sh.line
  let i = 0
  return yield* loop(sh, body, function* () {
    if (i >= words.length) return false
    sh.line = line
    if (sh.option('xtrace'))
      trace(sh, `for ${name}${list === undefined ? ' in "$@"' : ` in ${list.map((w) => w.text).join(' ')}`}`)
    sh.assign(name, words[i++]!)
    return true
  })
}

function* runArithmeticFor(sh: Shell, node: Extract<CompoundCommand, { type: 'ArithmeticFor' }>): Run<number> {
  sh.line = sh.source.lineAt(node.pos)
  const step = function* (e: typeof node.test): Run<bigint> {
    if (e === undefined) return 1n
    if (sh.option('xtrace')) trace(sh, `(( ${sh.source.text.slice(e.pos, e.end)} ))`)
    return yield* evaluateNode(sh, e)
  }
  yield* step(node.initialize)
  return yield* loop(
    sh,
    node.body,
    function* () {
      return (yield* step(node.test)) !== 0n
    },
    function* () {
      yield* step(node.update)
    },
  )
}

function* runCase(sh: Shell, node: Extract<CompoundCommand, { type: 'Case' }>): Run<number> {
  sh.line = sh.source.lineAt(node.pos)
  if (sh.option('xtrace')) trace(sh, `case ${node.word.text} in`)
  const text = yield* expandText(sh, node.word)
  let status = 0
  let through = false
  for (const item of node.items) {
    if (!through && !(yield* anyMatches(sh, item.pattern, text))) continue
    status = yield* runStatements(sh, item.body.commands)
    if (item.terminator === ';&') through = true
    else if (item.terminator === ';;&') through = false
    else break
  }
  return (sh.status = status)
}

function* anyMatches(sh: Shell, patterns: readonly Word[], text: string): Run<boolean> {
  for (const p of patterns) if (matches(yield* expandPattern(sh, p), text, sh.sys, sh.shopt('nocasematch'))) return true
  return false
}

function* runArithmetic(sh: Shell, body: string, pos: number): Run<number> {
  yield* boundary(sh)
  sh.line = sh.source.lineAt(pos)
  const text = (yield* expandEmbedded(sh, body)).replaceAll('"', '')
  if (sh.option('xtrace')) trace(sh, `(( ${text.trim() === body.trim() ? body : traceQuote(text)} ))`)
  let status = 1
  try {
    status = sh.arithOrThrow(text) === 0n ? 1 : 0
  } catch (e) {
    if (!(e instanceof ArithError)) throw e
    sh.complain(`((: ${e.message}`)
  }
  sh.pipeStatus = [status]
  return yield* checked(sh, status)
}
