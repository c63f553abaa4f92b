// npm run record [-- FILTER] [--native]: ask a real kernel for every table, scenario and calls file, and keep its answers.
// Only what changed since its recording is asked again; --all asks for everything. Recordings of another form have a recorder
// each, which `npm run record -- NAME.json --native` runs.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { missingPrograms, runOnLinux, unavailable } from '../../src/cli/verify/linux.ts'
import { type Case, formatRecording, linuxScript, loadCases, readRecording, recordingPath } from './cases.ts'

const args = process.argv.slice(2)
const where = args.includes('--native') ? 'native' : 'uml'
const filter = args.find((a) => !a.startsWith('--')) ?? ''

const reason = unavailable(where)
if (reason !== null) {
  console.error(`record: cannot ask ${where}: ${reason}`)
  process.exit(3)
}
/** Drops as the tracepoint skb:kfree_skb reports them, and packets as tcpdump prints them. */
const RECORDERS: Readonly<Record<string, string>> = {
  'drops.json': 'drops_record.ts',
  'neigh_drops.json': 'neigh_drops_record.ts',
  'drop_reasons.json': 'drop_reasons_record.ts',
  'rules.json': 'rules_record.ts',
  'wire_tcpdump.json': '../unit/wire_tcpdump_record.ts',
}
const recorder = RECORDERS[filter]
if (recorder !== undefined) {
  const program = [...process.execArgv, join(import.meta.dirname, recorder)]
  process.exit(spawnSync(process.execPath, program, { stdio: 'inherit' }).status ?? 1)
}
const stale = loadCases(filter)
  .filter((c) => args.includes('--all') || readRecording(c.name)?.sha !== c.sha)
  .filter((c) => {
    if (c.native && where === 'uml') {
      console.error(`record: ${c.name} skipped: it is recorded with --native`)
      return false
    }
    const missing = missingPrograms(c.needs)
    if (missing.length > 0) console.error(`record: ${c.name} skipped: not installed: ${missing.join(' ')}`)
    return missing.length === 0
  })
if (stale.length === 0) {
  console.log('record: every recording is up to date')
  process.exit(0)
}
console.log(`record: asking ${where} about ${stale.length} cases`)

function ask(cases: readonly Case[], net: '--net' | ''): void {
  const run = runOnLinux(where, new Map(cases.map((c) => [c.name, linuxScript(c)])), net)
  if (run.kernel === '') {
    console.error(`record: ${where} did not start`)
    process.exit(3)
  }
  for (const c of cases) {
    const output = run.outputs.get(c.name) ?? ''
    if (output.trim() === '') {
      console.error(`record: ${c.name} printed nothing; not kept`)
      continue
    }
    writeFileSync(recordingPath(c.name), formatRecording({ kernel: run.kernel, tools: run.tools, sha: c.sha, output }))
    console.log(`recorded ${c.name}`)
  }
}

const together = stale.filter((c) => !c.firstNetns)
if (together.length > 0) ask(together, '--net')
for (const c of stale.filter((x) => x.firstNetns)) {
  if (where === 'uml') ask([c], '')
  else console.error(`record: ${c.name} is about a machine's first namespace: it is recorded on UML only`)
}
