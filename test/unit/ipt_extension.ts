// For unit tests of iptables' extensions: an option line read as the tool reads it, and what it prints back.
import { problemText, XtProblem } from '../../src/tools/iptables/exit.ts'
import type { Extension, RuleSoFar } from '../../src/tools/iptables/extension.ts'
import { ExtensionUse, type UseContext } from '../../src/tools/iptables/use.ts'
import type { Resolver } from '../../src/tools/iptables/values.ts'
import { inetAton } from '../../src/tools/lib/netdb.ts'
import type { Sys } from '../../src/uapi/program.ts'
import type { Match } from '../../src/uapi/xt.ts'
import type { Target } from '../../src/uapi/xt_target.ts'

/** Literals only. */
export const LITERALS: Resolver = {
  addresses(host) {
    const a = inetAton(host)
    return a === null ? { ok: false, error: 'Name or service not known' } : { ok: true, addresses: [a] }
  },
}

export const NO_RULE: RuleSoFar = { protocol: 0, protocolInverted: false, table: 'filter', chain: 'INPUT' }

/** Words between blanks; "…" groups. */
function words(text: string): string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map((m) => m[2] ?? m[1]!.replace(/\\(.)/g, '$1'))
}

/** `-m NAME ARGS`: the finished data. Throws XtProblem as the tool would end. */
export function parseRule<I extends Match | Target>(ext: Extension<I>, args: string, rule: Partial<RuleSoFar> = {}): I {
  const all = words(args)
  const ctx: UseContext = {
    sys: {} as Sys,
    resolver: LITERALS,
    rule: { ...NO_RULE, ...rule },
    nextWord: () => (/^[^-!]/.test(all[0] ?? '-') ? all.shift()! : null),
  }
  const use = new ExtensionUse(ext)
  let invert = false
  while (all.length > 0) {
    const word = all.shift()!
    if (word === '!') {
      invert = true
      continue
    }
    const entry = ext.options.find((o) => `--${o.name}` === word)
    if (entry === undefined) throw new TypeError(`no option ${word}`)
    const hasArg = entry.type !== 'none' && !(entry.optional === true && (all[0] ?? '-').startsWith('-'))
    use.option(entry, hasArg ? (all.shift() ?? null) : null, invert, ctx)
    invert = false
  }
  return use.finish(ctx)
}

/** What iptables-save prints of it after "-m NAME". */
export function saveRule<I extends Match | Target>(
  ext: Extension<I>,
  args: string,
  rule: Partial<RuleSoFar> = {},
): string {
  return ext.save(parseRule(ext, args, rule))
}

/** What stands on stderr when the tool refuses it, '' when it does not. */
export function problemOf<I extends Match | Target>(
  ext: Extension<I>,
  args: string,
  rule: Partial<RuleSoFar> = {},
): string {
  try {
    parseRule(ext, args, rule)
    return ''
  } catch (e) {
    if (e instanceof XtProblem) return problemText('iptables', -1, e).text
    throw e
  }
}
