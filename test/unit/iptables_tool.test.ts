import { describe, expect, it } from 'vitest'
import { iptRuleText } from '../../src/tools/iptables/print.ts'
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

  it('counts on while a file is read, and takes back only what it zeroes', () => {
    const fake = withRules()
    const count = (): void => {
      for (const c of fake.chains('filter')) for (let i = 0; i < c.counters.length; i++) c.counters[i]! += 1
    }
    const pieces = ['*filter\n-Z mine 2\n-A mine -s 9.9.9.9\n', 'COMMIT\n']
    expect(run(fake, 'iptables-restore -n', pieces, count)).toEqual({ code: 0, stdout: '', stderr: '' })
    // the first count is before the table was read, the second and third before COMMIT and the end of the file
    expect([...fake.chain('filter', 'mine').counters]).toEqual([4, 103, 2, 2, 6, 303, 1, 1])
  })

  it('fails with exit code 4 when another process changed the table in between', () => {
    const fake = withRules()
    let reads = 0
    const meddle = (): void => {
      if (++reads === 2) run(fake, 'iptables -A other -s 7.7.7.7')
    }
    const r = run(fake, 'iptables-restore -n', ['*filter\n-A mine\n', 'COMMIT\n'], meddle)
    expect(r).toMatchObject({ code: 1, stderr: 'iptables-restore: line 3 failed\n' })
    expect(fake.chain('filter', 'other').chain.rules).toHaveLength(1)
  })

  it('is refused to all but root, as the lock and the socket are', () => {
    const fake = withRules()
    const asUser = (line: string): unknown => run(fake, line, ['*filter\nCOMMIT\n'], undefined, 1000)
    const lock = "Fatal: can't open lock file /run/xtables.lock: Permission denied\n"
    expect(asUser('iptables -S')).toEqual({ code: 4, stdout: '', stderr: lock })
    expect(asUser('iptables-restore')).toEqual({ code: 4, stdout: '', stderr: lock })
    const root = 'iptables-save v1.8.9 (legacy): Cannot initialize: Permission denied (you must be root)\n'
    expect(asUser('iptables-save')).toEqual({ code: 1, stdout: '', stderr: root })
    expect(asUser('iptables -V')).toMatchObject({ code: 0, stdout: 'iptables v1.8.9 (legacy)\n' })
  })

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
