// netsim's own promises about the extensions of iptables: their tables hold together. What they take and say is recorded: tables/ipt-match-*.
import { describe, expect, it } from 'vitest'
import { MATCHES } from '../../src/tools/iptables/match/table.ts'
import { TARGETS } from '../../src/tools/iptables/target/table.ts'
import { recordedLine } from '../kernel/story.ts'
import { parseRule, problemOf, saveRule } from './ipt_extension.ts'

const all = [...Object.entries(MATCHES), ...Object.entries(TARGETS)]

describe('extensions of iptables', () => {
  it('stand in their table under their own name', () => {
    for (const [name, ext] of all) expect(ext.name).toBe(name)
  })

  it('have each option once, and speak only of options that they have', () => {
    for (const [name, { options }] of all) {
      const names = options.map((o) => o.name)
      expect(new Set(names).size, name).toBe(names.length)
      for (const o of options)
        for (const other of [...(o.also ?? []), ...(o.excl ?? []), o.id ?? o.name])
          expect(names, `${name} --${o.name}`).toContain(other)
    }
  })

  it('finish with frozen data that they spell the same again', () => {
    const info = parseRule(MATCHES.mark, '! --mark 0x10/0xff')
    expect(Object.isFrozen(info)).toBe(true)
    expect(saveRule(MATCHES.mark, MATCHES.mark.save(info))).toBe(MATCHES.mark.save(info))
  })

  it.each(['', '--mark 1 --mark 2'])('are held to their table of options: %j', (args) => {
    const [said] = recordedLine('ipt-match-mark', `iptables -A INPUT -m mark ${args}`.trim()).split('\n')
    expect(said).toMatch(/ option "--mark" /)
    expect(problemOf(MATCHES.mark, args).split('\n')[0]).toBe(said)
  })
})
