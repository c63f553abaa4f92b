// The names of TOS values (RFC 1349; extensions/tos_values.c).

const NAMES: readonly (readonly [string, number])[] = Object.freeze([
  ['Minimize-Delay', 0x10],
  ['Maximize-Throughput', 0x08],
  ['Maximize-Reliability', 0x04],
  ['Minimize-Cost', 0x02],
  ['Normal-Service', 0x00],
])

export const tosHex = (n: number): string => `0x${n.toString(16).padStart(2, '0')}`

/** What -L without -n calls it, null for a number. */
export function tosName(value: number, mask: number): string | null {
  return mask === 0x3f ? (NAMES.find(([, v]) => v === value)?.[0] ?? null) : null
}

/** The names as help texts list them. */
export function tosHelp(): string {
  return NAMES.map(([name, v]) => `                          (${tosHex(v)}) ${String(v).padStart(2)} ${name}\n`).join(
    '',
  )
}
