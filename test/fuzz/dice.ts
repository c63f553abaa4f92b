// Random choices out of fast-check's generator: a machine is drawn step by step, each choice from the seed's stream.
import fc from 'fast-check'

export interface Dice {
  int(min: number, max: number): number
  pick<T>(values: readonly T[]): T
  /** True in so many of 100 cases. */
  chance(percent: number): boolean
}

type Gen = Parameters<Parameters<ReturnType<typeof fc.gen>['map']>[0]>[0]

export function diceOf(g: Gen): Dice {
  const int = (min: number, max: number): number => g(fc.integer, { min, max })
  return {
    int,
    pick: (values) => values[int(0, values.length - 1)]!,
    chance: (percent) => int(0, 99) < percent,
  }
}

/** What a seed draws. */
export function draw<T>(seed: number, build: (dice: Dice) => T): T {
  const arbitrary = fc.gen().map((g) => ({ value: build(diceOf(g)) }))
  return fc.sample(arbitrary, { seed, numRuns: 1 })[0]!.value
}
