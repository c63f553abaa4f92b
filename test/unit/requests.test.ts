// netsim's own promise: a request that is refused changes nothing. Which ones are refused is Linux's: the lines of test/kernel/tables
// whose recorded exit code says so.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Host } from 'netsim'
import { describe, expect, test } from 'vitest'
import { sections } from '../../src/cli/verify/normalize.ts'
import type { NetnsConfig } from '../../src/uapi/config.ts'
import { readRecording } from '../kernel/cases.ts'

const TABLES = [
  'addr',
  'addr-more',
  'link-add',
  'link-set',
  'link-more',
  'netns',
  'netns-more',
  'route-add',
  'route-del',
].concat([
  'route-multipath',
  'route-more',
  'rule',
  'rule-more',
  'sysctl',
  'sysctl-more',
  'ip-addr',
  'ip-link',
  'ip-route',
  'ip-rule',
])

/** Of more than one request, of which the first may have been taken. */
const SEVERAL = /[|;&]|flush|-all|link set \S+ name \S+ mtu/

/** The configuration of every namespace, as objects. */
function state(host: Host): readonly NetnsConfig[] {
  return [...host.current.kernel.nets.values()].map((net) => net.cfg)
}

/** The very same values; an ifindex that a refused link had may be used up. */
function sameButIndex(a: NetnsConfig, b: NetnsConfig): boolean {
  const keys = Object.keys({ ...a, ...b }) as (keyof NetnsConfig)[]
  return keys.every((k) => k === 'nextIfindex' || a[k] === b[k])
}

describe('what Linux refuses changes nothing', () => {
  test.each(TABLES)('%s', (name) => {
    const text = readFileSync(join(import.meta.dirname, `../kernel/tables/${name}.txt`), 'utf8')
    const answers = sections(readRecording(`tables/${name}`)!.output)
    const host = new Host('node1')
    let n = 0
    let refused = 0
    for (const line of text.split('\n')) {
      if (line === '' || line.startsWith('#')) continue
      const before = state(host)
      host.sh(line.replace(/^setup: /, ''))
      if (line.startsWith('setup: ')) continue
      const fails = !/^rc=0$/m.test(answers.get(`== ${++n} ${line}`) ?? '')
      if (!fails || SEVERAL.test(line)) continue
      refused++
      const after = state(host)
      expect(after.length, line).toBe(before.length)
      for (const [i, cfg] of after.entries()) expect(sameButIndex(cfg, before[i]!), line).toBe(true)
    }
    expect(refused).toBeGreaterThan(0)
  })
})
