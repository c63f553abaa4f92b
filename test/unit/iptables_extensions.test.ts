import { describe, expect, it } from 'vitest'
import { MATCHES } from '../../src/tools/iptables/match/table.ts'
import { TARGETS } from '../../src/tools/iptables/target/table.ts'
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

  it('are held to their table of options', () => {
    expect(problemOf(MATCHES.mark, '')).toContain('mark: option "--mark" must be specified\n')
    expect(problemOf(MATCHES.mark, '--mark 1 --mark 2')).toContain('mark: option "--mark" can only be used once.\n')
  })
})
