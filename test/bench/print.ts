// How the bench prints: a name, a figure, a note.

export function line(name: string, value: string, note = ''): void {
  console.log(`${name.padEnd(52)} ${value.padStart(14)}  ${note}`)
}

export function rate(n: number): string {
  return Math.round(n).toLocaleString('en-US')
}

export function ratio(n: number, linux: number | string): string {
  return typeof linux === 'number' ? `${(n / linux).toFixed(2)} x Linux` : ''
}

/** Heap and ArrayBuffers in MB after a collection. */
export function memory(): number {
  globalThis.gc?.()
  const m = process.memoryUsage()
  return (m.heapUsed + m.arrayBuffers) / 1e6
}
