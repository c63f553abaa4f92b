// Text and bytes. Byte arrays are never edited once made (sim/clone.ts shares them).

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export const NO_BYTES: Uint8Array = new Uint8Array(0)

export function toBytes(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? encoder.encode(data) : data
}

export function toText(data: Uint8Array): string {
  return decoder.decode(data)
}

/** One array of all chunks. */
export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1) return chunks[0]!
  let n = 0
  for (const c of chunks) n += c.length
  const out = new Uint8Array(n)
  n = 0
  for (const c of chunks) {
    out.set(c, n)
    n += c.length
  }
  return out
}
