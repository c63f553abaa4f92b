// tcpdump's two outputs, text on stdout and packets in a file, both through stdio's buffers: a file or pipe gets whole blocks
// of 4096 bytes and the rest at the end; a terminal and -l get lines; -U gets packets. Time stamps.
import type { Errno } from '../../lib/errno.ts'
import type { Sys } from '../../uapi/program.ts'
import { concat } from '../../wire/bytes.ts'
import { NO_DATA } from '../../wire/packet.ts'

const BLOCK = 4096

/** A stdio stream: plain data. */
export interface Stream {
  readonly fd: number
  /** Written through at once (line-buffered, or flushed after each packet). */
  readonly direct: boolean
  buffer: Uint8Array
  /** The first error of writing; nothing is written after it. */
  error: Errno | null
}

export function stream(fd: number, direct: boolean): Stream {
  return { fd, direct, buffer: NO_DATA, error: null }
}

/** Append; false once writing has failed. */
export function put(sys: Sys, s: Stream, data: Uint8Array): boolean {
  s.buffer = s.buffer.length === 0 ? data : concat(s.buffer, data)
  return writeOut(sys, s, s.direct ? s.buffer.length : s.buffer.length - (s.buffer.length % BLOCK))
}

/** fflush(3) */
export function flush(sys: Sys, s: Stream): boolean {
  return writeOut(sys, s, s.buffer.length)
}

function writeOut(sys: Sys, s: Stream, bytes: number): boolean {
  while (bytes > 0 && s.error === null) {
    const r = sys.write(s.fd, s.buffer.slice(0, bytes))
    if (r.ok) s.buffer = s.buffer.slice(r.value)
    else s.error = r.errno
    // A pipe that is full keeps the rest here; it goes out with the next packet.
    if (!r.ok && r.errno === 'EAGAIN') {
      s.error = null
      return true
    }
    if (r.ok && r.value < bytes) return true
    break
  }
  return s.error === null
}

/** hh:mm:ss.uuuuuu of a number of microseconds, with the date when asked. */
function clock(us: number, withDate: boolean): string {
  const iso = new Date(Math.floor(us / 1e6) * 1000).toISOString()
  const time = `${iso.slice(11, 19)}.${String(us % 1e6).padStart(6, '0')}`
  return withDate ? `${iso.slice(0, 10)} ${time}` : time
}

/** What stands before a packet for so many -t; `reference` is the previous (-ttt) or first (-ttttt) packet's time. */
export function timestamp(flags: number, us: number, reference: number | null): string {
  switch (flags) {
    case 1:
      return ''
    case 2:
      return `${Math.floor(us / 1e6)}.${String(us % 1e6).padStart(6, '0')} `
    case 3:
    case 5: {
      const from = reference ?? us
      return `${us < from ? '-' : ' '}${clock(Math.abs(us - from), false)} `
    }
    default:
      return `${clock(us, flags === 4)} `
  }
}
