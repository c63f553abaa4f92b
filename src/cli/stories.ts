// Traces between the lines of a script: indented, so that the eye tells them apart; a story that repeats the one before
// (the second echo of a ping) is told in one line.
import type { Trace } from '../trace/trace.ts'

export class Stories {
  private last = ''
  private readonly form: 'short' | 'full' | 'verbose'

  constructor(form: 'short' | 'full' | 'verbose') {
    this.form = form
  }

  tell(trace: Trace): string {
    const text = trace.text({ form: this.form }).trimEnd()
    if (text === '') return ''
    const plot = text
      .replace(/\b(id|seq) \d+/g, '$1')
      .replace(/\b[A-Z]+ -> DELAY\b/g, 'DELAY')
      .replace(/after [\d.]+ ms/g, 'after')
    const again = plot === this.last
    this.last = plot
    if (!again) return `${text.replace(/^/gm, '    | ')}\n`
    return `    | ${text.split('\n')[0]}  (hop by hop as before)\n`
  }
}
