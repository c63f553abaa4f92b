// The script on Linux: in fresh namespaces of this machine (as root, or by a user namespace), or in User Mode Linux.
// Read first: probe.ts, linux.ts. Each run has its own /run, /tmp, /root, /sys and, when it speaks of it, /etc; all of it vanishes.
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { linuxCaptures } from './capture.ts'
import { BEGIN, FINISH, FRESH, IP_SHIM } from './capture_shim.ts'
import { bootUml, LEGACY, missingPrograms, OWN_ETC, scriptEnvironment, unavailable, type Where } from './linux.ts'
import { readObserved } from './observe.ts'
import { BIN, DIR, driverText, HOOK_TEXT, LOOK } from './probe.ts'
import type { Split } from './split.ts'
import type { Observation } from './types.ts'

/** A script to be run on both sides. */
export interface Job {
  /** What the user calls it. */
  readonly name: string
  readonly args: readonly string[]
  readonly split: Split
  /** freshDefaults(): what a new namespace gets on Linux. */
  readonly defaults: string
  /** wantedTables(). */
  readonly wanted: readonly string[]
  /** Told how many steps are done. */
  readonly progress?: (steps: number) => void
}

/** Seconds after which a run on Linux is given up. */
const PATIENCE = 600

const SPACES = ['--net', '--mount', '--pid', '--fork', '--mount-proc']

/** How namespaces are made here: unshare's options, or why they cannot be made. */
export function namespaces(): readonly string[] | string {
  if (process.platform !== 'linux') return `this is ${process.platform}; Linux is needed`
  const options = process.getuid?.() === 0 ? SPACES : ['--user', '--map-root-user', ...SPACES]
  const r = spawnSync('unshare', [...options, 'true'], { encoding: 'utf8' })
  if (r.error !== undefined) return 'unshare is not installed (Debian: package util-linux)'
  if (r.status !== 0) return `no namespaces can be made: ${r.stderr.trim() || `unshare exits with ${r.status}`}`
  return missingPrograms(['ip']).length === 0 ? options : 'ip is not installed (Debian: package iproute2)'
}

/** Why the kernel cannot be asked, or null. */
export function cannotAsk(where: Where): string | null {
  if (where === 'uml') return unavailable('uml')
  const r = namespaces()
  return typeof r === 'string' ? r : null
}

/** This machine's name servers are not the script's. */
const NO_SERVERS = 'rm -f /etc/resolv.conf; : >/etc/resolv.conf'

/** Process 1 of the namespaces. DIR is bound to the directory that the result is read from. */
function wrapText(dir: string, speaksOfEtc: boolean): string {
  return `mount -t tmpfs none /run && mkdir -p /run/netns ${DIR} ${BIN}/real /run/lock || exit 9
mount --bind ${dir} ${DIR} || exit 9
mount -t sysfs sys /sys 2>/dev/null
ip link set lo up
${speaksOfEtc ? OWN_ETC + NO_SERVERS : `: >${DIR}/resolv.conf; mount --bind ${DIR}/resolv.conf "$(readlink -f /etc/resolv.conf)" 2>/dev/null`}
b=${BIN}; ${LEGACY}
if tcpdump=$(command -v tcpdump); then ln -s "$tcpdump" ${BIN}/netsim-capture; fi
ip=$(readlink -f "$(command -v ip)")
: >${BIN}/real/ip; mount --bind "$ip" ${BIN}/real/ip && chmod 755 ${DIR}/ip && mount --bind ${DIR}/ip "$ip" || exit 9
mkdir ${DIR}/tmp; chmod 0777 ${DIR}/tmp; mount --bind ${DIR}/tmp /tmp; mount -t tmpfs none /root; cd /root
/bin/bash ${DIR}/begin ''
timeout ${PATIENCE} bash ${DIR}/driver
/bin/bash ${DIR}/finish
: >${DIR}/finished
`
}

function writeFiles(dir: string, job: Job, script: string): void {
  const files: Readonly<Record<string, string>> = {
    hook: HOOK_TEXT,
    look: LOOK,
    fresh: FRESH,
    begin: BEGIN,
    finish: FINISH,
    ip: IP_SHIM,
    defaults: job.defaults,
    driver: driverText(script, job.args),
    wrap: wrapText(dir, job.split.text.includes('/etc/')),
    wanted: `${job.wanted.join(' ')}\n`,
    out: '',
    steps: '',
  }
  for (const d of ['cap', 'script']) {
    mkdirSync(join(dir, d))
    chmodSync(join(dir, d), 0o777)
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
  for (const name of ['out', 'steps', 'ip']) chmodSync(join(dir, name), 0o777)
  writeFileSync(join(dir, script.slice(DIR.length + 1)), job.split.text)
}

/** Where the instrumented script stands on either side. */
export function scriptPath(name: string): string {
  return `${DIR}/script/${name === '-' ? 'bash' : name.slice(name.lastIndexOf('/') + 1)}`
}

/** Run the script once on Linux. */
export async function runOnLinux(where: Where, job: Job): Promise<Observation> {
  const dir = mkdtempSync('/var/tmp/netsim-verify-')
  chmodSync(dir, 0o777)
  const script = scriptPath(job.name)
  const interrupted = (): never => {
    rmSync(dir, { recursive: true, force: true })
    process.exit(130)
  }
  process.once('SIGINT', interrupted)
  const watch = setInterval(() => job.progress?.(stepsDone(dir)), 200)
  try {
    writeFiles(dir, job, script)
    const trouble = await (where === 'uml' ? inUml(dir) : inNamespaces(dir))
    return observationOf(dir, job, script, trouble)
  } finally {
    clearInterval(watch)
    process.removeListener('SIGINT', interrupted)
    rmSync(dir, { recursive: true, force: true })
  }
}

function stepsDone(dir: string): number {
  return existsSync(join(dir, 'steps')) ? readFileSync(join(dir, 'steps'), 'latin1').split('\u0001done').length - 1 : 0
}

function inNamespaces(dir: string): Promise<string> {
  const options = namespaces()
  if (typeof options === 'string') return Promise.resolve(options)
  return new Promise((resolve) => {
    const child = spawn('unshare', [...options, 'bash', join(dir, 'wrap')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: scriptEnvironment(),
    })
    let errors = ''
    child.stderr.on('data', (d: Buffer) => {
      errors += d.toString()
    })
    child.on('close', () => resolve(errors.trim()))
  })
}

async function inUml(dir: string): Promise<string> {
  writeFileSync(join(dir, 'main'), `unshare ${SPACES.join(' ')} bash ${join(dir, 'wrap')} 2>${join(dir, 'errors')}\n`)
  await bootUml(dir, join(dir, 'main'))
  return existsSync(join(dir, 'errors')) ? readFileSync(join(dir, 'errors'), 'utf8').trim() : ''
}

function observationOf(dir: string, job: Job, script: string, trouble: string): Observation {
  const text = readFileSync(join(dir, 'steps'), 'utf8')
  const out = readFileSync(join(dir, 'out'))
  const o = readObserved(text, out, job.split, { script, name: job.name })
  const captures = linuxCaptures(join(dir, 'cap'), o)
  const missing = new Map([...o.missing, ...captures.missing])
  let failure: string | null = null
  if (o.kernel === '') failure = `Linux did not start: ${trouble || 'no answer'}`
  else if (!o.ended || !existsSync(join(dir, 'finished')))
    failure = `the script did not come to its end on Linux within ${PATIENCE} s`
  const { kernel, steps } = o
  return { side: 'Linux', kernel, steps, captures: captures.captures, missing, failure }
}
