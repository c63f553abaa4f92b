// Laws of sets: a hash:net answers as a list of nets does (ipset(8), hash:net: the most specific prefix first, nomatch excepts), and what is
// saved restores to the same.
import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { Host } from '../../src/index.ts'

interface Change {
  readonly del: boolean
  readonly ip: number
  readonly cidr: number
  readonly nomatch: boolean
}

/** Few addresses, so that nets contain each other. */
const address = fc.integer({ min: 0, max: 1023 }).map((x) => 0x0a000000 + x)
const change: fc.Arbitrary<Change> = fc.record({
  del: fc.boolean(),
  ip: address,
  cidr: fc.integer({ min: 22, max: 32 }),
  nomatch: fc.boolean(),
})

function dotted(x: number): string {
  return `${x >>> 24}.${(x >>> 16) & 255}.${(x >>> 8) & 255}.${x & 255}`
}

function netOf(c: Change): number {
  return Math.floor(c.ip / 2 ** (32 - c.cidr)) * 2 ** (32 - c.cidr)
}

/** The naive set: every net there is, looked through from the longest. */
function contains(nets: ReadonlyMap<string, Change>, ip: number): boolean {
  const fits = [...nets.values()].filter((n) => netOf({ ...n, ip }) === netOf(n))
  const longest = fits.sort((a, b) => b.cidr - a.cidr)[0]
  return longest !== undefined && !longest.nomatch
}

describe('ipset', () => {
  test.prop([fc.array(change, { maxLength: 40 }), fc.array(address, { minLength: 1, maxLength: 20 })], { numRuns: 60 })(
    'hash:net is a list of nets, the longest prefix first',
    (changes, asked) => {
      const host = new Host()
      const nets = new Map<string, Change>()
      host.sh('ipset create s hash:net hashsize 64')
      const lines = changes.map((c) => {
        const name = `${dotted(c.ip)}/${c.cidr}`
        const key = `${netOf(c)}/${c.cidr}`
        if (c.del) nets.delete(key)
        else nets.set(key, c)
        return c.del ? `del s ${name}` : `add s ${name}${c.nomatch ? ' nomatch' : ''}`
      })
      expect(host.sh(`ipset -! restore <<'E'\n${lines.join('\n')}\nE`).exitCode).toBe(0)
      const answers = asked.map((ip) => host.sh(`ipset -q test s ${dotted(ip)}`).exitCode === 0)
      expect(answers).toEqual(asked.map((ip) => contains(nets, ip)))
    },
  )

  test.prop([fc.array(change, { maxLength: 200 }), fc.constantFrom('hash:ip', 'hash:net', 'bitmap:ip')], {
    numRuns: 40,
  })('what is saved restores to the same, in a copy too', (changes, type) => {
    const host = new Host()
    const range = type === 'bitmap:ip' ? 'range 10.0.0.0/16' : 'hashsize 64'
    host.sh(`ipset create s ${type} counters comment ${range}`)
    const cidr = (c: Change): string => (type === 'hash:net' ? `/${c.cidr}` : '')
    const lines = changes.map((c) => `add s ${dotted(c.ip)}${cidr(c)} packets ${c.cidr} bytes 7 comment "c ${c.ip}"`)
    host.sh(`ipset -! restore <<'E'\n${lines.join('\n')}\nE`)
    const saved = host.exec('ipset save').stdout
    const copy = host.fork()
    expect(copy.exec('ipset save').stdout).toBe(saved)
    copy.sh(`ipset destroy; ipset restore <<'E'\n${saved}E`)
    const sorted = (text: string): string[] => text.split('\n').sort()
    expect(sorted(copy.exec('ipset save').stdout)).toEqual(sorted(saved))
    copy.exec('ipset flush s')
    expect(host.exec('ipset save').stdout).toBe(saved)
  })
})
