// A small unified diff of two lists of lines. Read first: report.ts.

type Edit = readonly [' ' | '-' | '+', string]

const CONTEXT = 2
/** More lines than this on both sides are not matched one by one. */
const MATCHED = 1500

/** The longest common subsequence, by its table: lists here are short. */
function edits(a: readonly string[], b: readonly string[]): Edit[] {
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const x = a.slice(head, a.length - tail)
  const y = b.slice(head, b.length - tail)
  return [
    ...a.slice(0, head).map((l): Edit => [' ', l]),
    ...(x.length > MATCHED || y.length > MATCHED ? replaced(x, y) : matched(x, y)),
    ...a.slice(a.length - tail).map((l): Edit => [' ', l]),
  ]
}

function replaced(x: readonly string[], y: readonly string[]): Edit[] {
  return [...x.map((l): Edit => ['-', l]), ...y.map((l): Edit => ['+', l])]
}

function matched(x: readonly string[], y: readonly string[]): Edit[] {
  const w = y.length + 1
  const best = new Uint16Array((x.length + 1) * w)
  for (let i = x.length - 1; i >= 0; i--)
    for (let j = y.length - 1; j >= 0; j--)
      best[i * w + j] =
        x[i] === y[j] ? best[(i + 1) * w + j + 1]! + 1 : Math.max(best[(i + 1) * w + j]!, best[i * w + j + 1]!)
  const out: Edit[] = []
  let i = 0
  let j = 0
  while (i < x.length || j < y.length) {
    if (i < x.length && j < y.length && x[i] === y[j]) {
      out.push([' ', x[i++]!])
      j++
    } else if (j >= y.length || (i < x.length && best[(i + 1) * w + j]! >= best[i * w + j + 1]!))
      out.push(['-', x[i++]!])
    else out.push(['+', y[j++]!])
  }
  return out
}

/** Lines with their signs, far ones left out; `most` lines at most. */
export function unified(a: readonly string[], b: readonly string[], most = 40): string[] {
  const all = edits(a, b)
  const near = (at: number): boolean => {
    for (let k = Math.max(0, at - CONTEXT); k <= Math.min(all.length - 1, at + CONTEXT); k++)
      if (all[k]![0] !== ' ') return true
    return false
  }
  const out: string[] = []
  let gap = false
  for (const [at, [sign, line]] of all.entries()) {
    if (!near(at)) {
      gap = true
      continue
    }
    if (gap) out.push('@@')
    gap = false
    out.push(`${sign}${line}`)
  }
  return out.length <= most ? out : [...out.slice(0, most), `… ${out.length - most} more lines`]
}
