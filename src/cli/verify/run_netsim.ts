// The script in netsim: the same hooks and the same questions as on Linux, inside the simulated machine.
// Read first: probe.ts. A run is repeated with a recorder to tell the stories of one step: it is the same run, byte for byte.
import { Host } from '../../host/host.ts'
import { LimitError } from '../../lib/errors.ts'
import { DEFAULT_LIMITS } from '../../os/limits.ts'
import type { FileNode, Node } from '../../os/node.ts'
import { Trace } from '../../trace/trace.ts'
import { NetsimCaptures } from './capture.ts'
import { readObserved } from './observe.ts'
import { DIR, driverText, HOOK_TEXT, LOOK, PACE, QUESTIONS, quote } from './probe.ts'
import { type Job, scriptPath } from './run_linux.ts'
import { type Observation, TABLES, type TableName } from './types.ts'

/** Looking after each step is work too. */
const MORE = 50

/** What of a namespace's beginning depends on the machine that it is made on: a path and netsim's value a line. */
export function freshDefaults(): string {
  const conf = ['all', 'default', 'lo'].map((d) => `/proc/sys/net/ipv4/conf/${d}`)
  const where = [...conf, '/proc/sys/net/ipv4/tcp_rmem', '/proc/sys/net/ipv4/tcp_wmem'].join(' ')
  return new Host('node1').sh(`grep -rs . ${where}`).stdout
}

/** Tables whose tool netsim does not have. */
export function missingInNetsim(): ReadonlySet<TableName> {
  const host = new Host('node1')
  return new Set(TABLES.filter((t) => host.sh(`command -v ${QUESTIONS[t].tool}`).exitCode !== 0))
}

function machine(seed: number): Host {
  return new Host('node1', { seed, limits: { steps: DEFAULT_LIMITS.steps * MORE } })
}

function install(host: Host, job: Job, script: string, pace: string): void {
  host.sh(`mkdir -p ${DIR}/script`)
  const files: Readonly<Record<string, string>> = {
    [`${DIR}/hook`]: HOOK_TEXT,
    [`${DIR}/look`]: LOOK,
    [`${DIR}/wait`]: PACE,
    [`${DIR}/pace`]: pace,
    [`${DIR}/wanted`]: `${job.wanted.join(' ')}\n`,
    [`${DIR}/driver`]: driverText(script, job.args),
    [script]: job.split.text,
  }
  for (const [path, text] of Object.entries(files)) host.sh(`cat >${quote(path)}`, { stdin: text })
}

function file(host: Host, path: string): Uint8Array {
  let node: Node = host.current.os.vfs.root
  for (const name of path.split('/').slice(1)) {
    const next: Node | undefined = node.type === 'directory' ? node.entries.get(name) : undefined
    if (next === undefined) return new Uint8Array(0)
    node = next
  }
  return node.type === 'file' ? (node as FileNode).read(0, node.size) : new Uint8Array(0)
}

/** Drive the script to its end; why it did not come there, or null. */
function drive(host: Host): string | null {
  try {
    host.sh(`/bin/bash ${DIR}/driver`)
    return null
  } catch (e) {
    if (!(e instanceof LimitError)) throw e
    return `netsim stopped: ${e.message} (limit ${e.limit})`
  }
}

/** When Linux was where: what netsim's clock follows. */
export function paceOf(linux: Observation, all: number): string {
  const us = (ms: number): string => String(Math.round(ms * 1000))
  return linux.steps
    .map(
      (s, i) => `${i === linux.steps.length - 1 || s.number > all ? 'end' : s.number} ${us(s.time)} ${us(s.looked)}\n`,
    )
    .join('')
}

/** Run the script once in netsim. `pace` is paceOf a run on Linux, or '' for a clock of its own. */
export function runInNetsim(job: Job, seed: number, pace: string): Observation {
  const host = machine(seed)
  const script = scriptPath(job.name)
  install(host, job, script, pace)
  const captures = new NetsimCaptures(host)
  const stop = host.onEvent(captures.hear)
  const failure = drive(host)
  stop()
  const text = new TextDecoder().decode(file(host, `${DIR}/steps`))
  const o = readObserved(text, file(host, `${DIR}/out`), job.split, { script, name: job.name })
  const virtual = o.began - epoch(host)
  return {
    side: 'netsim',
    kernel: o.kernel,
    steps: o.steps,
    captures: captures.collected(o.steps, virtual),
    missing: o.missing,
    failure,
  }
}

/** Milliseconds of the epoch at virtual time 0. */
function epoch(host: Host): number {
  return host.current.os.bootTime / 1e6
}

/** What netsim's packets did from one moment to another, in milliseconds since the script began. */
export function storiesBetween(job: Job, seed: number, pace: string, from: number, to: number): Trace {
  const host = machine(seed)
  install(host, job, scriptPath(job.name), pace)
  const began = host.now / 1e6
  const stop = host.trace({ limit: 2_000_000 })
  drive(host)
  const all = stop()
  const events = all.events.filter((e) => e.time / 1e6 - began >= from && e.time / 1e6 - began <= to)
  return new Trace({ events, lost: all.lost, limit: all.limit, keep: all.keep }, all.printers)
}
