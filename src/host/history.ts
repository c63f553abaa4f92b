// Back to any earlier point: the journal of what was done, copies of the machine now and then, and the replay between.
import { ArgumentError, NetsimError } from '../lib/errors.ts'
import { SimulationPaused } from '../sim/clock.ts'
import type { Machine } from './machine.ts'
import { type Operation, replay } from './operations.ts'

/** A copy is kept after this many positions. */
const SPACING = 20_000

/** One operation of the past; `end` is the position at which goTo stood still inside it, null when it ran to its end. */
interface Entry {
  readonly operation: Operation
  readonly end: number | null
}

interface Keep {
  readonly position: number
  /** How many journal entries had been made. */
  readonly entries: number
  readonly machine: Machine
}

export class History {
  private journal: Entry[] = []
  private keeps: Keep[] = []

  constructor(machine: Machine) {
    this.restart(machine)
  }

  /** The past begins here. */
  restart(machine: Machine): void {
    this.journal = []
    this.keeps = [{ position: machine.position, entries: 0, machine: machine.clone() }]
  }

  /** An operation is about to be carried out. */
  enter(machine: Machine, operation: Operation): void {
    const last = this.keeps[this.keeps.length - 1]!
    if (machine.position - last.position >= SPACING && !machine.os.hasScripts()) {
      this.keeps.push({ position: machine.position, entries: this.journal.length, machine: machine.clone() })
    }
    this.journal.push({ operation, end: null })
    machine.operations++
  }

  /** The machine as it was at a position. The later past is forgotten. */
  goTo(position: number): Machine {
    const first = this.keeps[0]!
    if (!Number.isInteger(position) || position < first.position) {
      throw new ArgumentError(`no earlier position than ${first.position} is known, ${position} was asked for`)
    }
    while (this.keeps.length > 1 && this.keeps[this.keeps.length - 1]!.position > position) this.keeps.pop()
    const keep = this.keeps[this.keeps.length - 1]!
    const machine = keep.machine.clone()
    let i = keep.entries
    let last: Entry | null = null
    while (i < this.journal.length && machine.position < position) {
      const { operation, end } = this.journal[i++]!
      machine.operations++
      const stop = end === null || end > position ? position : end
      machine.sim.pauseAt = stop - machine.operations
      last = { operation, end: this.carryOut(machine, operation) ? stop : null }
    }
    machine.sim.pauseAt = Number.POSITIVE_INFINITY
    if (machine.position < position) {
      throw new ArgumentError(`position ${position} has not been reached yet: the present is ${machine.position}`)
    }
    this.journal.length = i
    if (last !== null) this.journal[i - 1] = last
    return machine
  }

  /** True when the wanted position was reached inside. What ended in an error the first time does so again: it is the past. */
  private carryOut(machine: Machine, operation: Operation): boolean {
    try {
      replay(machine, operation)
    } catch (e) {
      if (e instanceof SimulationPaused) return true
      if (!(e instanceof NetsimError)) throw e
    }
    return false
  }
}
