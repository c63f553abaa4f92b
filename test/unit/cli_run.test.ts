// netsim run as a command: where the script comes from, and its name and arguments.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { Host } from 'netsim'
import { expect, test } from 'vitest'

const CLI = join(import.meta.dirname, '../../src/cli.ts')

function run(args: readonly string[], input: string): { readonly stdout: string; readonly status: number | null } {
  const argv = ['--conditions=netsim-source', '--import', 'tsx', CLI, 'run', ...args]
  const { stdout, status } = spawnSync(process.execPath, argv, { input, encoding: 'utf8' })
  return { stdout, status }
}

test('- is a script on standard input', () => {
  expect(run(['-'], 'echo one; exit 3')).toEqual({ stdout: 'one\n', status: 3 })
  expect(run(['-', 'a', 'b'], 'echo "$0 $1 $2 $#"')).toEqual({ stdout: '- a b 2\n', status: 0 })
})

test.each(['script.sh', './-x.sh', '-x.sh', '-', '--', '-c'])('a script is called what its host says: %s', (name) => {
  const host = new Host('node1')
  expect(host.sh('echo "$0" "$@"; (echo "$0")', { name, args: ['-a', 'b'] }).stdout).toBe(`${name} -a b\n${name}\n`)
})
