// The words of a command line, taken one after the other, and iproute2's way of matching them.
// Read first: exit.ts.
import { ToolExit } from '../lib/exit.ts'
import { EXIT_USAGE } from './exit.ts'

/** matches(), true of each prefix of the word but the empty one. */
export function matches(prefix: string, word: string): boolean {
  return prefix !== '' && word.startsWith(prefix)
}

/** A cursor over argv. `next` is NEXT_ARG: the value that a keyword needs. */
export class Args {
  private readonly words: readonly string[]
  private at: number

  constructor(words: readonly string[], at = 0) {
    this.words = words
    this.at = at
  }

  get more(): boolean {
    return this.at < this.words.length
  }

  get count(): number {
    return this.words.length - this.at
  }

  /** The word that take() would give, or an empty one. */
  get peek(): string {
    return this.words[this.at] ?? ''
  }

  take(): string {
    return this.words[this.at++] ?? ''
  }

  next(): string {
    if (!this.more) throw new ToolExit('Command line is not complete. Try option "help"\n', EXIT_USAGE)
    return this.take()
  }

  rest(): readonly string[] {
    return this.words.slice(this.at)
  }
}

/** The value of "on" or "off" for a flag of ip link set; null is an error that the caller words. */
export function parseOnOff(text: string): boolean | null {
  return text === 'on' ? true : text === 'off' ? false : null
}
