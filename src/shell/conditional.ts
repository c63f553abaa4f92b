// [[ … ]]: lazily evaluated, patterns and regular expressions on the right side. The tests themselves are in test.ts.

import { matches } from '../lib/pattern.ts'
import { compileRegex } from '../lib/regex/regex.ts'
import { ArithError } from './arith.ts'
import type { Run } from './control.ts'
import { expandPattern, expandRegex, expandText } from './expand.ts'
import type { TestExpression } from './parse.ts'
import { traceQuote } from './quote.ts'
import type { Shell } from './shell.ts'
import { compareFiles, compareNumbers, unaryTest } from './test.ts'
import { trace } from './trace.ts'
import { newVariable } from './vars.ts'

/** 0 true, 1 false, 2 an error that was reported. */
export function* evaluateTest(sh: Shell, e: TestExpression, not = ''): Run<number> {
  switch (e.type) {
    case 'TestLogical': {
      let status = 0
      for (const [i, operand] of e.operands.entries()) {
        if (i > 0 && (e.operator === '&&') !== (status === 0)) break
        status = yield* evaluateTest(sh, operand)
        if (status > 1) return status
      }
      return status
    }
    case 'TestNot': {
      const status = yield* evaluateTest(sh, e.operand, '! '.repeat(e.negations.length))
      return status > 1 || e.negations.length % 2 === 0 ? status : 1 - status
    }
    case 'TestGroup':
      return yield* evaluateTest(sh, e.expression)
    case 'TestUnary': {
      const text = yield* expandText(sh, e.operand)
      if (sh.option('xtrace')) trace(sh, `[[ ${not}${e.operator} ${traceQuote(text)} ]]`)
      const result = unaryTest(sh, e.operator, text)
      return result === true ? 0 : 1
    }
    case 'TestBinary':
      return yield* binary(sh, e, not)
  }
}

function* binary(sh: Shell, e: Extract<TestExpression, { type: 'TestBinary' }>, not: string): Run<number> {
  const left = yield* expandText(sh, e.left)
  const truth = (t: boolean): number => (t ? 0 : 1)
  switch (e.operator) {
    case '=':
    case '==':
    case '!=': {
      const pattern = yield* expandPattern(sh, e.right)
      show(sh, not, left, e.operator, pattern)
      return truth(matches(pattern, left, sh.sys, sh.shopt('nocasematch')) === (e.operator !== '!='))
    }
    case '=~': {
      const source = yield* expandRegex(sh, e.right)
      show(sh, not, left, e.operator, source)
      return regexMatch(sh, source, left)
    }
  }
  const right = yield* expandText(sh, e.right)
  show(sh, not, left, e.operator, traceQuote(right))
  switch (e.operator) {
    case '<':
      return truth(left < right)
    case '>':
      return truth(left > right)
    case '-nt':
    case '-ot':
    case '-ef':
      return truth(compareFiles(sh, left, e.operator, right))
    default:
      try {
        const result = compareNumbers(sh.arithOrThrow(left), e.operator, sh.arithOrThrow(right))
        return truth(result)
      } catch (err) {
        if (!(err instanceof ArithError)) throw err
        sh.complain(`[[: ${err.message}`)
        return 1
      }
  }
}

function show(sh: Shell, not: string, left: string, operator: string, right: string): void {
  if (sh.option('xtrace')) trace(sh, `[[ ${not}${traceQuote(left)} ${operator} ${right} ]]`)
}

function regexMatch(sh: Shell, source: string, text: string): number {
  const options = { syntax: 'extended', dialect: 'regcomp', icase: sh.shopt('nocasematch') } as const
  const r = compileRegex(source, options, sh.sys)
  if (!r.ok) return 2
  const m = r.regex.exec(text)
  const groups = m === null ? [] : r.regex.submatches(text, m)
  const v = sh.vars.ensure('BASH_REMATCH')
  Object.assign(v, newVariable(), { array: new Map(groups.map((t, i) => [i, t ?? ''])) })
  return m === null ? 1 : 0
}
