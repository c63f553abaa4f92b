// iptables -L and -S.
// Read first: list_entries, list_rules (iptables/iptables.c), print_header (iptables/xshared.c); print.ts.
import type { Wait } from '../../uapi/program.ts'
import type { ChainHead, Handle } from './handle.ts'
import { numberText, type RowFormat, ruleRow, savedRule } from './print.ts'
import type { Session } from './session.ts'

export interface Listing {
  /** Null for all. */
  readonly chain: string | null
  /** 0 for all. */
  readonly ruleNumber: number
}

function* chosen(h: Handle, l: Listing): Generator<ChainHead, void, void> {
  for (const c of h.chains()) if (l.chain === null || c.name === l.chain) yield c
}

/** False: there is no such chain. */
export function* listEntries(s: Session, h: Handle, l: Listing, f: RowFormat): Generator<Wait, boolean, void> {
  let found = false
  for (const c of chosen(h, l)) {
    if (found) s.print('\n')
    if (l.ruleNumber === 0) s.print(header(h, c, f))
    for (let i = 0; i < c.length; i++) {
      if (l.ruleNumber !== 0 && l.ruleNumber !== i + 1) continue
      s.print(yield* row(s, c, i, f))
    }
    found = true
  }
  h.errno = 'ENOENT'
  return found
}

/** A rule of -L; names that it shows are asked for first, which may take a while. */
function* row(s: Session, c: ChainHead, i: number, f: RowFormat): Generator<Wait, string, void> {
  for (;;) {
    const text = ruleRow(c.rule(i), i + 1, c.packets(i), c.bytes(i), f, s.names)
    const addr = s.names.takeWanted()
    if (addr === null) return text
    yield* s.names.lookupName(addr)
  }
}

function header(h: Handle, c: ChainHead, f: RowFormat): string {
  let text = `Chain ${c.name}`
  if (c.policy === null) text += ` (${h.referencesTo(c.name)} references)\n`
  else {
    const counters = f.counters
      ? ` ${numberText(c.policyPackets, f.exact, false)}packets, ${numberText(c.policyBytes, f.exact, false)}bytes`
      : ''
    text += ` (policy ${c.policy}${counters})\n`
  }
  if (f.lineNumbers) text += 'num  '
  if (f.counters) text += f.exact ? '    pkts      bytes ' : ' pkts bytes '
  text += 'target     prot opt'
  if (f.interfaces) text += ' in     out    '
  return `${text} source               destination         \n`
}

/** -S; `counters`: -v. */
export function listRules(s: Session, h: Handle, l: Listing, counters: boolean): boolean {
  const show = (packets: number, bytes: number): string => (counters ? ` -c ${packets} ${bytes}` : '')
  if (l.ruleNumber === 0) {
    for (const c of chosen(h, l)) {
      if (c.policy === null) s.print(`-N ${c.name}\n`)
      else s.print(`-P ${c.name} ${c.policy}${show(c.policyPackets, c.policyBytes)}\n`)
    }
  }
  let found = false
  for (const c of chosen(h, l)) {
    for (let i = 0; i < c.length; i++) {
      if (l.ruleNumber !== 0 && l.ruleNumber !== i + 1) continue
      s.print(`-A ${c.name}${savedRule(c.rule(i), show(c.packets(i), c.bytes(i)))}\n`)
    }
    found = true
  }
  h.errno = 'ENOENT'
  return found
}
