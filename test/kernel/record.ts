// npm run record [-- FILTER] [--native]: ask a real kernel for every table and scenario, and keep its answers.
// Only what changed since its recording is asked again; --all asks for everything.
import { writeFileSync } from 'node:fs'
import { formatRecording, loadCases, readRecording, recordingPath } from './cases.ts'
import { runOnLinux, unavailable } from './linux.ts'

const args = process.argv.slice(2)
const where = args.includes('--native') ? 'native' : 'uml'
const filter = args.find((a) => !a.startsWith('--')) ?? ''

const reason = unavailable(where)
if (reason !== null) {
  console.error(`record: cannot ask ${where}: ${reason}`)
  process.exit(3)
}
const stale = loadCases(filter).filter((c) => args.includes('--all') || readRecording(c.name)?.sha !== c.sha)
if (stale.length === 0) {
  console.log('record: every recording is up to date')
  process.exit(0)
}
console.log(`record: asking ${where} about ${stale.length} cases`)
const run = runOnLinux(where, new Map(stale.map((c) => [c.name, c.script])))
if (run.kernel === '') {
  console.error(`record: ${where} did not start`)
  process.exit(3)
}
for (const c of stale) {
  const output = run.outputs.get(c.name) ?? ''
  if (output.trim() === '') {
    console.error(`record: ${c.name} printed nothing; not kept`)
    continue
  }
  writeFileSync(recordingPath(c.name), formatRecording({ kernel: run.kernel, tools: run.tools, sha: c.sha, output }))
  console.log(`recorded ${c.name}`)
}
