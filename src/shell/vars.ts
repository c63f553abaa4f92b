// Variables of one shell: strings, indexed and associative arrays, with their attributes, in nested function scopes.
// Read first: nothing. Special parameters ($?, $#, RANDOM …) are in special.ts.

export interface Variable {
  /** Null: declared, without a value. */
  value: string | null
  /** Indexed array, by index; or associative, by key. Null for a plain variable. */
  array: Map<number, string> | null
  assoc: Map<string, string> | null
  exported: boolean
  readonly: boolean
  integer: boolean
  lower: boolean
  upper: boolean
  /** Name of the variable that it stands for (declare -n). */
  nameref: boolean
}

export function newVariable(value: string | null = null): Variable {
  return {
    value,
    array: null,
    assoc: null,
    exported: false,
    readonly: false,
    integer: false,
    lower: false,
    upper: false,
    nameref: false,
  }
}

/** The variable is marked readonly: worded as bash does after "line N: ". */
export class ReadonlyError extends Error {}

const NAMEREF_DEPTH = 8

export class Variables {
  /** Innermost last; the first is the shell's own. Null marks a name that a local unset hides. */
  private scopes: Map<string, Variable>[] = [new Map()]

  /** A copy for a subshell. */
  copy(): Variables {
    const out = new Variables()
    out.scopes = this.scopes.map((s) => {
      const scope = new Map<string, Variable>()
      for (const [k, v] of s) scope.set(k, copyVariable(v))
      return scope
    })
    return out
  }

  /** Elements of all arrays. */
  get elements(): number {
    let n = 0
    for (const s of this.scopes) for (const v of s.values()) n += v.array?.size ?? v.assoc?.size ?? 0
    return n
  }

  push(): void {
    this.scopes.push(new Map())
  }
  pop(): void {
    this.scopes.pop()
  }
  get depth(): number {
    return this.scopes.length
  }

  /** The name that a nameref leads to. */
  target(name: string): string {
    let at = name
    for (let i = 0; i < NAMEREF_DEPTH; i++) {
      const v = this.raw(at)
      if (v?.nameref !== true || v.value === null || v.value === '') return at
      at = v.value
    }
    return at
  }

  /** The variable itself, namerefs not followed. */
  raw(name: string): Variable | undefined {
    for (let i = this.scopes.length - 1; i >= 0; i--) {
      const v = this.scopes[i]!.get(name)
      if (v !== undefined) return v
    }
    return undefined
  }

  lookup(name: string): Variable | undefined {
    const v = this.raw(name)
    return v?.nameref === true ? this.raw(this.target(name)) : v
  }

  /** The variable to assign to, made in the outermost scope when it does not exist. */
  ensure(name: string): Variable {
    const to = this.target(name)
    let v = this.raw(to)
    if (v === undefined) {
      v = newVariable()
      this.scopes[0]!.set(to, v)
    }
    return v
  }

  /** A variable of the innermost scope (local, declare in a function). */
  local(name: string): Variable {
    const scope = this.scopes[this.scopes.length - 1]!
    let v = scope.get(name)
    if (v === undefined) {
      v = newVariable()
      scope.set(name, v)
    }
    return v
  }

  get(name: string): string | undefined {
    const v = this.lookup(name)
    if (v === undefined) return undefined
    return scalar(v) ?? undefined
  }

  /** Assign a plain value; throws ReadonlyError. */
  set(name: string, value: string, append = false): Variable {
    const v = this.ensure(name)
    if (v.readonly) throw new ReadonlyError(`${this.target(name)}: readonly variable`)
    assignScalar(v, append ? (scalar(v) ?? '') + value : value)
    return v
  }

  unset(name: string): void {
    const to = this.target(name)
    if (this.raw(to)?.readonly === true) throw new ReadonlyError(`${to}: cannot unset: readonly variable`)
    for (let i = this.scopes.length - 1; i >= 0; i--) if (this.scopes[i]!.delete(to)) return
  }

  /** Put back what a temporary assignment replaced. */
  restore(name: string, before: Variable | undefined): void {
    for (let i = this.scopes.length - 1; i >= 0; i--) {
      if (!this.scopes[i]!.has(name)) continue
      if (before === undefined) this.scopes[i]!.delete(name)
      else this.scopes[i]!.set(name, before)
      return
    }
    if (before !== undefined) this.scopes[0]!.set(name, before)
  }

  /** All visible names, sorted. */
  names(): string[] {
    const out = new Set<string>()
    for (const s of this.scopes) for (const k of s.keys()) out.add(k)
    return [...out].sort()
  }

  /** Names of the innermost scope. */
  localNames(): string[] {
    return [...this.scopes[this.scopes.length - 1]!.keys()].sort()
  }

  /** What a child process gets. */
  environment(): Record<string, string> {
    const out: Record<string, string> = {}
    for (const s of this.scopes) {
      for (const [k, v] of s) {
        const value = scalar(v)
        if (v.exported && value !== null && v.array === null && v.assoc === null) out[k] = value
        else if (!v.exported) delete out[k]
      }
    }
    return out
  }
}

export function copyVariable(v: Variable): Variable {
  return { ...v, array: v.array && new Map(v.array), assoc: v.assoc && new Map(v.assoc) }
}

/** $name of any kind: element 0 of an array. */
export function scalar(v: Variable): string | null {
  if (v.array !== null) return v.array.get(0) ?? null
  if (v.assoc !== null) return v.assoc.get('0') ?? null
  return v.value
}

export function assignScalar(v: Variable, value: string): void {
  const shaped = v.lower ? value.toLowerCase() : v.upper ? value.toUpperCase() : value
  if (v.array !== null) v.array.set(0, shaped)
  else if (v.assoc !== null) v.assoc.set('0', shaped)
  else v.value = shaped
}

/** Buckets of bash's associative arrays (ASSOC_HASH_BUCKETS). */
const BUCKETS = 1024

/** Keys in the order in which bash lists them: by bucket of the FNV-1 hash, the newest of a bucket first. */
function assocKeys(assoc: ReadonlyMap<string, string>): string[] {
  const bucket = (key: string): number => {
    let h = 0x811c9dc5
    for (let i = 0; i < key.length; i++) h = Math.imul(h, 0x01000193) ^ key.charCodeAt(i)
    return h & (BUCKETS - 1)
  }
  return [...assoc.keys()]
    .map((key, age) => ({ key, age, bucket: bucket(key) }))
    .sort((a, b) => a.bucket - b.bucket || b.age - a.age)
    .map((e) => e.key)
}

/** The highest index of an array while it had that size: loops of a+=(x) and ${a[-1]} do not look at every index. */
const tops = new WeakMap<ReadonlyMap<number, string>, { size: number; top: number }>()

/** One more than the highest index of an indexed array, or of a plain variable; 0 when there is none. */
export function nextIndex(v: Variable): number {
  const { array } = v
  if (array === null) return v.value === null ? 0 : 1
  const known = tops.get(array)
  if (known?.size === array.size) return known.top + 1
  let top = -1
  for (const i of array.keys()) if (i > top) top = i
  tops.set(array, { size: array.size, top })
  return top + 1
}

export function setIndexed(array: Map<number, string>, index: number, value: string): void {
  const known = tops.get(array)
  const valid = known?.size === array.size
  array.set(index, value)
  if (known === undefined || !valid) return
  known.size = array.size
  if (index > known.top) known.top = index
}

export function deleteIndexed(array: Map<number, string>, index: number): void {
  array.delete(index)
  tops.delete(array)
}

/** Indices or keys in order. */
export function keysOf(v: Variable): string[] {
  if (v.array !== null) return [...v.array.keys()].sort((a, b) => a - b).map(String)
  if (v.assoc !== null) return assocKeys(v.assoc)
  return v.value === null ? [] : ['0']
}

/** Values in the order of their indices. */
export function valuesOf(v: Variable): string[] {
  if (v.array !== null) return [...v.array.keys()].sort((a, b) => a - b).map((k) => v.array!.get(k)!)
  if (v.assoc !== null) return assocKeys(v.assoc).map((k) => v.assoc!.get(k)!)
  return v.value === null ? [] : [v.value]
}

export function isName(text: string): boolean {
  return /^[A-Za-z_]\w*$/.test(text)
}
