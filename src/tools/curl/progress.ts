// curl's progress meter (lib/progress.c's layout): two header lines, then one line that is rewritten every second.
// Read first: state.ts. The current speed is the average over the whole transfer.

const HEADER =
  '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n' +
  '                                 Dload  Upload   Total   Spent    Left  Speed\n'

/** Five characters for a number of bytes. */
function bytes5(n: number): string {
  const K = 1024
  if (n < 100_000) return String(n).padStart(5)
  if (n < 10_000 * K) return `${Math.trunc(n / K)}k`.padStart(5)
  if (n < 100 * K * K) {
    const tenth = Math.trunc((n % (K * K)) / ((K * K) / 10))
    return `${String(Math.trunc(n / (K * K))).padStart(2)}.${tenth}M`
  }
  return n < 10_000 * K * K ? `${Math.trunc(n / (K * K))}M`.padStart(5) : `${Math.trunc(n / (K * K * K))}G`.padStart(5)
}

function clock(seconds: number): string {
  if (seconds <= 0) return '--:--:--'
  const two = (n: number): string => String(n).padStart(2, '0')
  const h = Math.trunc(seconds / 3600)
  return `${String(h).padStart(2)}:${two(Math.trunc(seconds / 60) % 60)}:${two(seconds % 60)}`
}

function percent(part: number, whole: number): string {
  return String(whole > 0 ? Math.trunc((part * 100) / whole) : 0).padStart(3)
}

export interface Progress {
  /** Nanoseconds since the transfer began. */
  readonly elapsed: number
  readonly received: number
  /** Expected bytes, -1 when unknown. */
  readonly expected: number
  readonly sent: number
  readonly toSend: number
}

/** The line without its end. `first`: with the headings. */
export function progressLine(p: Progress, first: boolean): string {
  const us = Math.max(1, Math.trunc(p.elapsed / 1000))
  const down = Math.trunc((p.received * 1_000_000) / us)
  const up = Math.trunc((p.sent * 1_000_000) / us)
  const spent = Math.trunc(p.elapsed / 1_000_000_000)
  const estimate = p.expected > 0 && down > 0 ? Math.trunc(p.expected / down) : 0
  const total = (p.expected >= 0 ? p.expected : p.received) + (p.toSend > 0 ? p.toSend : p.sent)
  const left = estimate > 0 ? estimate - spent : 0
  const cells = [
    `${percent(p.received + p.sent, total)} ${bytes5(total)}`,
    ` ${percent(p.received, p.expected)} ${bytes5(p.received)}`,
    ` ${percent(p.sent, p.toSend)} ${bytes5(p.sent)}`,
    ` ${bytes5(down)}`,
    ` ${bytes5(up)}`,
    clock(estimate),
    clock(spent),
    clock(left),
    bytes5(down + up),
  ]
  return `${first ? HEADER : ''}\r${cells.join(' ')}`
}
