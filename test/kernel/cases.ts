// The conformance cases: tables (one command a line), scenarios (whole scripts) and calls (socket calls), as what runs on
// Linux and in netsim alike. Read first: docs/testing.md.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Host } from 'netsim'
import { callsScript, interpretCalls, sourceOfInterpreter } from './calls/interpret.ts'

const HERE = import.meta.dirname

export interface Case {
  /** tables/ip-link or scenarios/tcp-refused */
  readonly name: string
  /** The bash script that both sides run; the calls themselves for calls/. */
  readonly script: string
  /** Sections whose difference is known and explained: title → reason. */
  readonly differs: ReadonlyMap<string, string>
  /** Asks about the machine's first namespace (`# in the first namespace`), so it is recorded on a machine of its own. */
  readonly firstNetns: boolean
  /** Only this machine's own kernel can be asked (`# native`): UML is too slow for it, or has no tracepoints. */
  readonly native: boolean
  /** The unit test that holds netsim against the recording (`# compared in test/unit/x.test.ts`): what is asked has no script in netsim. */
  readonly comparedIn: string | null
  /** Programs that not every Debian has, from lines "# needs: dig host". */
  readonly needs: readonly string[]
  readonly sha: string
}

/** `# include: NAME` stands for lib/NAME of the same folder: a set-up that several scripts share. */
function withIncludes(dir: string, file: string): string {
  const kind = file.slice(file.lastIndexOf('.'))
  return readFileSync(join(dir, file), 'utf8').replace(/^# include: (\S+)$/gm, (_, name: string) =>
    readFileSync(join(dir, 'lib', `${name}${kind}`), 'utf8').trimEnd(),
  )
}

/** A table's line becomes a section: its title, what it prints, its exit code. */
function expandTable(text: string): { script: string; differs: Map<string, string> } {
  const out: string[] = []
  const differs = new Map<string, string>()
  let reason: string | null = null
  let n = 0
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    if (line.startsWith('# differs: ')) reason = line.slice(11)
    if (line === '' || line.startsWith('#')) continue
    if (line.startsWith('setup: ')) {
      out.push(`{ ${line.slice(7)} ; } >/dev/null 2>&1`)
      continue
    }
    const title = `== ${++n} ${line}`
    out.push(`echo ${quote(title)}`, `{ ${line} ; } 2>&1`, 'echo "rc=$?"')
    if (reason !== null) differs.set(title, reason)
    reason = null
  }
  return { script: `${out.join('\n')}\n`, differs }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function scenarioDiffers(text: string): Map<string, string> {
  const differs = new Map<string, string>()
  for (const m of text.matchAll(/^# differs: (== .*?) :: (.*)$/gm)) differs.set(m[1]!, m[2]!)
  return differs
}

const FOLDERS = {
  tables: join(HERE, 'tables'),
  scenarios: join(HERE, 'scenarios'),
  calls: join(HERE, 'calls'),
  examples: join(HERE, '../../examples'),
} as const

/** Tables, scenarios, and the example scripts, which are scenarios too. */
export function loadCases(filter = ''): Case[] {
  const cases: Case[] = []
  for (const kind of ['tables', 'scenarios', 'calls', 'examples'] as const) {
    const dir = FOLDERS[kind]
    for (const file of readdirSync(dir).sort()) {
      if (!(kind === 'calls' ? /\.txt$/ : /\.(txt|sh)$/).test(file)) continue
      const name = `${kind}/${basename(file).replace(/\.(txt|sh)$/, '')}`
      if (!name.includes(filter)) continue
      const text = withIncludes(dir, file)
      const { script, differs } =
        kind === 'tables' ? expandTable(text) : { script: text, differs: scenarioDiffers(text) }
      const native = /^# native$/m.test(text)
      const comparedIn = /^# compared in (\S+)$/m.exec(text)?.[1] ?? null
      const firstNetns = /^# in the first namespace$/m.test(text)
      const asked = kind === 'calls' ? script + sourceOfInterpreter(script) : script
      const sha = createHash('sha256').update(asked).digest('hex').slice(0, 16)
      const needs = [...text.matchAll(/^# needs: (.*)$/gm)].flatMap((m) => m[1]!.trim().split(/\s+/))
      cases.push({ name, script, differs, firstNetns, native, comparedIn, needs, sha })
    }
  }
  return cases
}

/** What Linux is given to run. */
export function linuxScript(c: Case): string {
  return c.name.startsWith('calls/') ? callsScript(c.script) : c.script
}

/** What netsim answers. */
export function netsimOutput(c: Case): string {
  if (c.name.startsWith('calls/')) return interpretCalls(c.script)
  return new Host('node1').sh(c.script, { name: '/tmp/script.sh' }).output
}

export interface Recording {
  readonly kernel: string
  readonly tools: string
  readonly sha: string
  readonly output: string
}

export function recordingPath(name: string): string {
  return join(HERE, 'recordings', `${name.replace('/', '.')}.txt`)
}

export function formatRecording(r: Recording): string {
  return `# kernel: ${r.kernel}\n# tools: ${r.tools}\n# script: ${r.sha}\n${r.output}`
}

export function readRecording(name: string): Recording | null {
  let text: string
  try {
    text = readFileSync(recordingPath(name), 'utf8')
  } catch {
    return null
  }
  const m = /^# kernel: (.*)\n# tools: (.*)\n# script: (.*)\n/.exec(text)
  if (m === null) return null
  return { kernel: m[1]!, tools: m[2]!, sha: m[3]!, output: text.slice(m[0].length) }
}
