// A sample on the Linux beneath: netsim verify itself, where namespaces can be made and the tools are there.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { missingPrograms } from '../../src/cli/verify/linux.ts'
import { cannotAsk } from '../../src/cli/verify/run_linux.ts'
import { loadCases } from '../kernel/cases.ts'
import { PAIR } from './run.ts'

const TOOLS = ['iptables-legacy', 'conntrack', 'ipset', 'tcpdump', 'ping', 'nc']
const missing = missingPrograms(TOOLS)
const reason = cannotAsk('native') ?? (missing.length > 0 ? `not installed: ${missing.join(' ')}` : null)
const dir = mkdtempSync(join(tmpdir(), 'netsim-live-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

interface Ran {
  readonly code: number | null
  readonly out: string
}

/** The command line from its sources. */
function verify(script: string, options: readonly string[] = [], path = PATH): Ran {
  const file = join(dir, 'script.sh')
  writeFileSync(file, script)
  const cli = join(import.meta.dirname, '../../src/cli.ts')
  const argv = ['--conditions=netsim-source', '--import', 'tsx', cli, 'verify', ...options, file]
  const r = spawnSync(process.execPath, argv, { encoding: 'utf8', env: { ...process.env, PATH: path } })
  return { code: r.status, out: r.stdout + r.stderr }
}

const PATH = process.env.PATH ?? ''
const SLOW = 240_000

describe(reason === null ? 'on this machine’s Linux' : `skipped: ${reason}`, () => {
  const live = test.skipIf(reason !== null)

  // Scripts of a second or two, and again if need be: beside a whole test run Linux' timers come late.
  live.each(['scenarios/fuzz-lo-fragments', 'scenarios/nf-template', 'scenarios/shell-errexit', 'scenarios/udp-echo'])(
    '%s is identical',
    { retry: 2, timeout: SLOW },
    (name) => {
      const { code, out } = verify(loadCases(name).find((c) => c.name === name)!.script)
      expect(out).toMatch(/^identical: \d+ commands, \d+ tables, \d+ devices?\n/)
      expect(code).toBe(0)
    },
  )

  live(
    'a command that netsim refuses is a difference, with its place and both answers',
    () => {
      const { code, out } = verify(
        `${PAIR}echo fine\nip netns exec a ping -c 1 10.0.0.2; ip -V\nuname -s -r -v\necho end\n`,
      )
      expect(code).toBe(1)
      expect(out).toMatch(/^different: step \d+ of \d+, line 10\n {4}uname -s -r -v\n\nwhat it printed:\n--- Linux /)
      expect(out).toMatch(/^-Linux \d/m)
      expect(out).toMatch(/^\+/m)
    },
    SLOW,
  )

  live(
    'a script’s own exit code is no failure of verify',
    () => {
      expect(verify('exit 4').out).toMatch(/^identical: 1 command, \d+ tables, 1 device\n/)
    },
    SLOW,
  )
})

test('without unshare it says which package is missing, and has its own exit code', () => {
  const { code, out } = verify('true', [], dir)
  expect(out).toMatch(
    /^netsim: cannot ask Linux: unshare is not installed \(Debian: package util-linux\)\n.*user-mode-linux/,
  )
  expect(code).toBe(3)
  expect(verify('true', ['--on', 'uml'], dir)).toMatchObject({
    code: 3,
    out: expect.stringContaining('user-mode-linux'),
  })
})

test('the page names every exit code and every table', () => {
  const doc = readFileSync(join(import.meta.dirname, '../../docs/verify.md'), 'utf8')
  for (const word of ['identical', 'different', 'wrong usage', 'Linux cannot be asked']) expect(doc).toContain(word)
  expect(verify('true', ['--on', 'mars']).code).toBe(2)
  expect(verify('true', ['--nonsense']).code).toBe(2)
})
