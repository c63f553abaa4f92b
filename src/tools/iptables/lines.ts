// Lines of a descriptor as fgets(3) gives them to iptables-restore: with their newline, cut after 10239 characters.
import type { Sys, Wait } from '../../uapi/program.ts'

const BUFFER = 10239

export class LineReader {
  private readonly sys: Sys
  private readonly fd: number
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  private text = ''
  private at = 0
  private ended = false

  constructor(sys: Sys, fd: number) {
    this.sys = sys
    this.fd = fd
  }

  /** A line that is there already, else null. */
  take(): string | null {
    const { text, at } = this
    const newline = text.indexOf('\n', at)
    let stop = newline < 0 ? text.length : newline + 1
    if (stop - at > BUFFER) stop = at + BUFFER
    else if (newline < 0 && !this.ended) return null
    this.at = stop
    return stop === at ? null : text.slice(at, stop)
  }

  /** The next line when take() has none; null at the end. */
  *wait(): Generator<Wait, string | null, void> {
    for (;;) {
      const line = this.take()
      if (line !== null || this.ended) return line
      const r = this.sys.read(this.fd)
      if (r.ok && r.value.length > 0) {
        // bytes that do not end within a character are decoded five times faster as a whole
        const stream = r.value[r.value.length - 1]! >= 0x80
        this.text = this.text.slice(this.at) + this.decoder.decode(r.value, { stream })
        this.at = 0
      } else if (!r.ok && r.errno === 'EAGAIN') yield { readable: [this.fd] }
      else this.ended = true
    }
  }
}
