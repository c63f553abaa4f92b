// The trace as a Mermaid sequence diagram: namespaces as participants, one arrow per crossing, notes for drops and ARP.
// Read first: journey.ts. For documents and issues; https://mermaid.js.org/syntax/sequenceDiagram.html
import type { TraceEvent } from '../uapi/trace.ts'
import { dropWhy, errorText } from './lines.ts'
import type { Printers } from './printers.ts'
import type { Trace } from './trace.ts'

/** A diagram of everything in the trace; ends with a newline. */
export function renderMermaid(trace: Trace): string {
  const p = trace.printers
  const participants: number[] = []
  const note = (id: number): void => {
    if (!participants.includes(id)) participants.push(id)
  }
  const body: string[] = []
  for (const e of trace.events) {
    const line = mermaidLine(e, p)
    if (line === '') continue
    note(e.netns)
    if (e.kind === 'xmit' && e.peer !== null) note(e.peer.netns)
    body.push(`  ${line}`)
  }
  const head = participants.map((id) => `  participant N${id} as ${clean(p.netns(id))}`)
  return `${['sequenceDiagram', ...head, ...body].join('\n')}\n`
}

function mermaidLine(e: TraceEvent, p: Printers): string {
  const here = `N${e.netns}`
  switch (e.kind) {
    case 'xmit': {
      if (e.peer === null)
        return `Note over ${here}: ${clean(p.packet(e.pkt))} leaves by ${clean(p.device(e.netns, e.ifindex))} into nowhere`
      const arrow = e.pkt.net.kind === 'arp' ? '-->>' : '->>'
      return `${here}${arrow}N${e.peer.netns}: ${clean(p.packet(e.pkt))}`
    }
    case 'drop':
      return `Note over ${here}: DROP ${e.reason}<br/>${clean(dropWhy(e, p))}`
    case 'arp':
      return e.action === 'ignored' ? `Note over ${here}: no answer<br/>${clean(e.reason)}` : ''
    case 'error':
      return `Note over ${here}: ${clean(errorText(e.errno, e.dst))}`
    default:
      return ''
  }
}

/** Semicolons end a statement in Mermaid, and # starts an entity. */
function clean(text: string): string {
  return text.replaceAll('#', '#35;').replaceAll(/;(?<!#35;)/g, ',')
}
