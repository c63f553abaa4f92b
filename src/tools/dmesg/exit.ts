// The end of dmesg from within: what goes to stdout or stderr, and the exit status.

/** @internal */
export class DmesgExit extends Error {
  readonly status: number
  readonly text: string
  constructor(status: number, text: string) {
    super(text)
    this.status = status
    this.text = text
  }
}

export const TRY_HELP = "Try 'dmesg --help' for more information.\n"
