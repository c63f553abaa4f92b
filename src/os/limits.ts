// The limits of one run and of one machine, with their defaults. Reaching one throws LimitError (lib/errors.ts).

export interface Limits {
  /** Work of scripts and programs in one run: docs/limits.md says what counts how much. */
  readonly steps: number
  /** Simulation events in one run. */
  readonly events: number
  /** Virtual ns in one run. */
  readonly virtualTime: number
  /** Processes at once. */
  readonly processes: number
  /** Bytes written to one terminal. */
  readonly output: number
  /** Bytes in one file, pipe or variable, or kept by one program. */
  readonly fileSize: number
}

export const DEFAULT_LIMITS: Limits = Object.freeze({
  steps: 5_000_000,
  events: 20_000_000,
  virtualTime: 24 * 3600 * 1_000_000_000,
  processes: 10_000,
  output: 256 * 1024 * 1024,
  fileSize: 64 * 1024 * 1024,
})
