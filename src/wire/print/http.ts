// HTTP in tcpdump's words (print-http.c, txtproto_print): the first line, with -v all lines that are text.
import type { Printer } from './printer.ts'

const METHODS: ReadonlySet<string> = new Set(
  `GET PUT COPY HEAD LOCK MOVE POLL POST BCOPY BMOVE MKCOL TRACE LABEL MERGE DELETE SEARCH UNLOCK REPORT UPDATE NOTIFY
BDELETE CONNECT OPTIONS CHECKIN PROPFIND CHECKOUT CCM_POST SUBSCRIBE PROPPATCH BPROPFIND BPROPPATCH UNCHECKOUT MKACTIVITY
MKWORKSPACE UNSUBSCRIBE RPC_CONNECT VERSION-CONTROL BASELINE-CONTROL`.split(/\s+/),
)

/** One line as text; 0 when it is not one that can be printed whole. */
function line(p: Printer, prefix: string, start: number, end: number): number {
  let text = ''
  for (let i = start; i < end; i++) {
    const c = p.u8(i)
    if (c === 10 || (c === 13 && i + 1 < end && p.u8(i + 1) === 10)) {
      p.put(prefix + text)
      return i + (c === 10 ? 1 : 2)
    }
    if ((c < 32 || c > 126) && c !== 9) return 0
    text += String.fromCharCode(c)
  }
  p.put(`${prefix}${text} [|http]`)
  return 0
}

/** A request has a method as its first token, a response a code as its second; anything else is a continuation. */
function isStart(head: string): boolean {
  const [first = '', second = ''] = head.split(/[ \t]+/)
  return METHODS.has(first.toUpperCase()) || /^\d{3}$/.test(second)
}

export function summaryHttp(p: Printer, at: number, length: number): void {
  p.protocol = 'http'
  const end = at + length
  let head = ''
  for (let i = at; i < Math.min(end, at + 128) && p.u8(i) >= 32 && p.u8(i) < 127; i++)
    head += String.fromCharCode(p.u8(i))
  p.put('HTTP')
  if (!isStart(head)) return
  if (p.options.verbose === 0) {
    line(p, ': ', at, end)
    return
  }
  p.put(`, length: ${length}`)
  for (let i = at; i < end && i !== 0; ) i = line(p, '\n\t', i, end)
}
