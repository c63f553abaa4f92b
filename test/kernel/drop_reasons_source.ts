// Every pair of function and drop reason that netsim's source can produce: the calls of kfree_skb are read, and what their
// arguments may be is followed through conditions, constants, parameters (to the callers) and results.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { DROP_REASONS } from '../../src/uapi/drop.ts'

const SRC = join(import.meta.dirname, '../../src')

/** What an expression may be, and under which conditions (their text → outcome). */
interface Possible {
  readonly value: string
  readonly when: ReadonlyMap<string, boolean>
}

const ALWAYS: ReadonlyMap<string, boolean> = new Map()

function sources(): ts.SourceFile[] {
  const paths = ['kernel', 'wire'].flatMap((folder) =>
    readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' })
      .filter((f) => f.endsWith('.ts'))
      .map((f) => join(SRC, folder, f)),
  )
  return paths.sort().map((p) => ts.createSourceFile(p, readFileSync(p, 'utf8'), ts.ScriptTarget.Latest, true))
}

function each<T extends ts.Node>(root: ts.Node, is: (n: ts.Node) => n is T, visit: (n: T) => void): void {
  if (is(root)) visit(root)
  root.forEachChild((child) => each(child, is, visit))
}

function enclosingFunction(node: ts.Node): ts.FunctionDeclaration | null {
  let n: ts.Node = node
  while (!ts.isFunctionDeclaration(n)) {
    if (ts.isSourceFile(n)) return null
    n = n.parent
  }
  return n
}

class Reader {
  private readonly files = sources()

  private callsOf(name: string, only: ts.SourceFile | null): ts.CallExpression[] {
    const found: ts.CallExpression[] = []
    for (const file of only === null ? this.files : [only])
      each(file, ts.isCallExpression, (c) => {
        if (c.expression.getText() === name) found.push(c)
      })
    return found
  }

  /** fn and reason of every call. */
  pairs(): string[] {
    const out = new Set<string>()
    for (const call of this.callsOf('kfree_skb', null)) {
      const [fn, reason] = [call.arguments[2]!, call.arguments[3]!]
      for (const [f, r] of this.together(fn, reason, call)) out.add(`${f} ${r}`)
    }
    return [...out].sort()
  }

  /** Two arguments of one call: parameters of a helper are followed to the same call of it. */
  private together(fn: ts.Expression, reason: ts.Expression, call: ts.CallExpression): [string, string][] {
    const within = enclosingFunction(call)
    const at = (e: ts.Expression): number =>
      within === null || !ts.isIdentifier(e) ? -1 : within.parameters.findIndex((p) => p.name.getText() === e.text)
    const [i, j] = [at(fn), at(reason)]
    if (i < 0 && j < 0) return compatible(this.values(fn), this.values(reason))
    const exported = within!.modifiers?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword) === true
    return this.callsOf(within!.name!.text, exported ? null : call.getSourceFile()).flatMap((c) =>
      this.together(i < 0 ? fn : c.arguments[i]!, j < 0 ? reason : c.arguments[j]!, c),
    )
  }

  private values(e: ts.Expression): Possible[] {
    if (ts.isParenthesizedExpression(e)) return this.values(e.expression)
    if (ts.isStringLiteral(e)) return [{ value: e.text, when: ALWAYS }]
    if (e.kind === ts.SyntaxKind.NullKeyword) return []
    if (ts.isConditionalExpression(e)) {
      const under = (branch: ts.Expression, outcome: boolean): Possible[] =>
        this.values(branch).map((p) => ({ ...p, when: new Map([...p.when, [e.condition.getText(), outcome]]) }))
      return [...under(e.whenTrue, true), ...under(e.whenFalse, false)]
    }
    if (ts.isBinaryExpression(e)) return [...this.values(e.left), ...this.values(e.right)]
    if (ts.isCallExpression(e)) return this.results(e)
    if (ts.isIdentifier(e)) return this.named(e)
    if (ts.isPropertyAccessExpression(e)) return this.property(e)
    throw new Error(`${e.getSourceFile().fileName}: cannot follow ${e.getText()}`)
  }

  private results(call: ts.CallExpression): Possible[] {
    const name = call.expression.getText()
    const own = call.getSourceFile()
    const found: ts.FunctionDeclaration[] = []
    for (const file of [own, ...this.files])
      each(file, ts.isFunctionDeclaration, (f) => {
        if (f.name?.text === name) found.push(f)
      })
    const out: Possible[] = []
    each(found[0]!, ts.isReturnStatement, (r) => {
      if (r.expression !== undefined) out.push(...this.values(r.expression).map((p) => ({ ...p, when: ALWAYS })))
    })
    return out
  }

  private named(e: ts.Identifier): Possible[] {
    const within = enclosingFunction(e)!
    const out: Possible[] = []
    each(within, ts.isVariableDeclaration, (d) => {
      if (d.name.getText() === e.text && d.initializer !== undefined) out.push(...this.values(d.initializer))
    })
    const at = within.parameters.findIndex((p) => p.name.getText() === e.text)
    if (at >= 0)
      for (const c of this.callsOf(within.name!.text, e.getSourceFile())) out.push(...this.values(c.arguments[at]!))
    if (out.length === 0) throw new Error(`${e.getSourceFile().fileName}: cannot follow ${e.text}`)
    return out
  }

  /** A field: what the same file puts into it, or the union of names that its type is. */
  private property(e: ts.PropertyAccessExpression): Possible[] {
    const name = e.name.text
    const out: Possible[] = []
    each(e.getSourceFile(), ts.isPropertyAssignment, (p) => {
      if (p.name.getText() === name) out.push(...this.values(p.initializer))
    })
    if (out.length > 0) return out
    for (const file of this.files)
      each(file, ts.isPropertySignature, (p) => {
        if (p.name.getText() === name && p.type !== undefined) out.push(...this.union(p.type, file))
      })
    return out
  }

  private union(type: ts.TypeNode, file: ts.SourceFile): Possible[] {
    const out: Possible[] = []
    each(type, ts.isLiteralTypeNode, (l) => {
      if (ts.isStringLiteral(l.literal) && l.literal.text in DROP_REASONS)
        out.push({ value: l.literal.text, when: ALWAYS })
    })
    if (!ts.isTypeReferenceNode(type)) return out
    each(file, ts.isTypeAliasDeclaration, (a) => {
      if (a.name.text === type.typeName.getText()) out.push(...this.union(a.type, file))
    })
    return out
  }
}

/** Both at once: a condition that both depend on has one outcome. */
function compatible(fns: readonly Possible[], reasons: readonly Possible[]): [string, string][] {
  const agree = (a: Possible, b: Possible): boolean =>
    [...a.when].every(([text, outcome]) => b.when.get(text) === undefined || b.when.get(text) === outcome)
  return fns.flatMap((f) => reasons.filter((r) => agree(f, r)).map((r): [string, string] => [f.value, r.value]))
}

/** "function REASON", sorted. */
export function producible(): string[] {
  return new Reader().pairs()
}
