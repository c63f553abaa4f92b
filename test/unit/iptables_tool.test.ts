// netsim's own promises about iptables: which objects stay, what is not replaced, what is refused by name. What a restore makes of counters
// and of changes meanwhile is recorded in scenarios/ipt-restore-slow, what others than root are told in scenarios/unprivileged.
import { describe, expect, it } from 'vitest'
import { iptRuleText } from '../../src/tools/iptables/print.ts'
import { recordedSections } from '../kernel/story.ts'
import { FakeTables, run, saved } from './ipt_fake.ts'

function withRules(): FakeTables {
  const fake = new FakeTables()
  run(fake, 'iptables -N mine')
  run(fake, 'iptables -N other')
  for (const n of [1, 2, 3]) run(fake, `iptables -A mine -s 10.0.0.${n} -c ${n} ${n}00 -j ACCEPT`)
  run(fake, 'iptables -A INPUT -j mine')
  return fake
}

describe('iptables', () => {
  it('gives chains back as the same objects when it does not touch them', () => {
    const fake = withRules()
    const before = fake.chains('filter').map((c) => c.chain)
    expect(run(fake, 'iptables -A other -s 1.2.3.4').code).toBe(0)
    for (const chain of before) {
      const now = fake.chain('filter', chain.name).chain
      if (chain.name === 'other') expect(now).not.toBe(chain)
      else expect(now).toBe(chain)
    }
  })

  it('keeps the rules that stay as the same objects, in frozen arrays', () => {
    const fake = withRules()
    const before = fake.chain('filter', 'mine').chain.rules
    run(fake, 'iptables -I mine 2 -s 10.0.0.9')
    run(fake, 'iptables -D mine 4')
    const { rules } = fake.chain('filter', 'mine').chain
    expect(rules).toHaveLength(3)
    expect(rules[0]).toBe(before[0])
    expect(rules[2]).toBe(before[1])
    expect(Object.isFrozen(rules) && Object.isFrozen(rules[1])).toBe(true)
    run(fake, 'iptables -Z mine')
    expect(fake.chain('filter', 'mine').chain.rules[0]).toBe(before[0])
  })

  it('does not replace a table when nothing changed or something failed', () => {
    const fake = withRules()
    const { replaced } = fake
    expect(run(fake, 'iptables -L -n').code).toBe(0)
    expect(run(fake, 'iptables -C mine -s 10.0.0.1 -j ACCEPT').code).toBe(0)
    expect(run(fake, 'iptables -D mine 9').code).toBe(1)
    expect(run(fake, 'iptables -X').code).toBe(1)
    expect(run(fake, 'iptables-restore', ['*filter\n-F mine\n-A nochain\nCOMMIT\n']).code).toBe(1)
    expect(fake.replaced).toBe(replaced)
  })

  it.each(recordedSections('scenarios/unprivileged'))(
    '%s says to a user who is not root what Linux says',
    (line, said) => {
      const { stdout, stderr, code } = run(withRules(), line, ['*filter\nCOMMIT\n'], 1000)
      expect(`${stdout}${stderr}rc=${code}`).toBe(said.trimEnd())
    },
  )

  it('names what netsim does not model', () => {
    const fake = withRules()
    expect(run(fake, 'iptables -A mine -m time').stderr).toContain("match `time' is not modelled by netsim")
    expect(run(fake, 'iptables -A mine -j TEE').stderr).toContain("target `TEE' is not modelled by netsim")
    expect(run(fake, 'iptables -vv -S').stderr).toContain('is not modelled by netsim')
  })

  it('spells a rule for the trace as -S does', () => {
    const fake = withRules()
    run(fake, 'iptables -A mine ! -s 10.0.0.0/8 -i eth+ -p 6 -g other')
    expect(iptRuleText(fake.chain('filter', 'mine').chain.rules[3]!)).toBe('! -s 10.0.0.0/8 -i eth+ -p tcp -g other')
    expect(saved(fake)).toContain('-A mine ! -s 10.0.0.0/8 -i eth+ -p tcp -g other\n')
  })
})
