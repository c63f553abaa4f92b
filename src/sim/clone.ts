// Copying a machine: a deep copy of its mutable graph that keeps identities (two references to one object stay one object).
// Law: state is data. Frozen objects (configuration by immer, tables of operations) and functions are shared, not copied;
// a class that holds caches derived from frozen data says so with a static `shared = true`.

type Constructor = { readonly shared?: boolean }

/** A structure-preserving copy of everything reachable from `root`. */
export function cloneGraph<T extends object>(root: T): T {
  const seen = new Map<object, object>()
  const work: [object, object][] = []

  const copy = (x: unknown): unknown => {
    if (typeof x !== 'object' || x === null) return x
    const known = seen.get(x)
    if (known !== undefined) return known
    if (Object.isFrozen(x) || (x.constructor as Constructor | undefined)?.shared === true) return x
    // Bytes (packet data) are never edited once made, so they are shared; typed arrays of wider elements are state.
    if (x instanceof Uint8Array) return x
    let y: object
    if (ArrayBuffer.isView(x)) {
      y = (x as Float64Array).slice()
      seen.set(x, y)
      return y
    }
    if (x instanceof WeakMap || x instanceof WeakSet) return x
    if (Array.isArray(x)) y = new Array(x.length)
    else if (x instanceof Map) y = new Map()
    else if (x instanceof Set) y = new Set()
    else y = Object.create(Object.getPrototypeOf(x)) as object
    seen.set(x, y)
    work.push([x, y])
    return y
  }

  const result = copy(root) as T
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    const [from, to] = item
    if (Array.isArray(from)) {
      const out = to as unknown[]
      for (let i = 0; i < from.length; i++) out[i] = copy(from[i])
    } else if (from instanceof Map) {
      for (const [k, v] of from) (to as Map<unknown, unknown>).set(copy(k), copy(v))
    } else if (from instanceof Set) {
      for (const v of from) (to as Set<unknown>).add(copy(v))
    } else {
      const src = from as Record<string, unknown>
      const dst = to as Record<string, unknown>
      for (const k of Object.keys(src)) dst[k] = copy(src[k])
    }
  }
  return result
}
