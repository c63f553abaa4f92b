// Ask this machine's kernel (as root, Linux with drop reasons) about each case of drop_reasons_cases.ts, and keep the answers in
// recordings/drop_reasons.json: node --conditions=netsim-source --import tsx test/kernel/drop_reasons_record.ts [NAME]
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hex } from './drop_frames.ts'
import {
  collapse,
  MACHINES,
  REASON_CASES,
  type ReasonCase,
  type ReasonDrop,
  type ReasonRecording,
  reasonsDigest,
  WORDS,
} from './drop_reasons_cases.ts'

const FILE = join(import.meta.dirname, 'recordings/drop_reasons.json')
const TRACING = '/sys/kernel/tracing'
const OWN = `${TRACING}/instances/netsim-reasons`
/** Devices tell whose packet it is, and the consumption that an address is free for the next one. */
const EVENTS =
  'skb/kfree_skb skb/consume_skb net/netif_receive_skb net/netif_rx net/net_dev_queue net/net_dev_start_xmit sched/sched_process_fork'

const SENDER = `
import socket, sys, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
s.bind(('zqa', 0))
for line in open(sys.argv[1]):
    data, times = line.split()
    for _ in range(int(times)):
        s.send(bytes.fromhex(data))
        time.sleep(0.002)
time.sleep(0.05)
`

function scriptOf(c: ReasonCase, dir: string): string {
  writeFileSync(join(dir, 'frames'), (c.frames ?? []).map(([f, n]) => `${hex(f)} ${n}\n`).join(''))
  return `mount -t tmpfs none /run; mkdir -p /run/netns; mount -t sysfs sys /sys; mount -t tracefs t ${TRACING}
mkdir -p ${dir}/bin; ln -sf "$(command -v iptables-legacy)" ${dir}/bin/iptables; export PATH=${dir}/bin:$PATH
sysctl -qw net.ipv6.conf.default.disable_ipv6=1
mkdir -p ${OWN}; cd ${OWN}; echo 16384 >buffer_size_kb; echo >trace
for e in ${EVENTS}; do echo 1 >events/$e/enable; done
echo root >trace_marker; cd /
${WORDS}
${MACHINES}
${c.before ?? ''}
echo begin >${OWN}/trace_marker
${c.script ?? ''}
${c.frames === undefined ? '' : `a python3 ${dir}/send.py ${dir}/frames`}
${c.after ?? 'sleep 0.1'}
echo end >${OWN}/trace_marker
for e in ${EVENTS}; do echo 0 >${OWN}/events/$e/enable; done
cat ${OWN}/trace >${dir}/trace
kill -CONT $(jobs -p) 2>/dev/null; kill $(jobs -p) 2>/dev/null
cd /; rmdir ${OWN}
`
}

/** The whole machine drops packets. Ours were last seen on a device of ours or, if on none, belong to a process of ours. */
class Reader {
  private readonly pids = new Set<string>()
  private readonly owner = new Map<string, boolean>()
  private counting = false
  readonly drops: ReasonDrop[] = []

  line(line: string): void {
    const m = /^\s*.+-(\d+)\s+(?:\(.*?\)\s+)?\[\d+\] \S+\s+[\d.]+: (\w+): (.*)$/.exec(line)
    if (m === null) return
    const [, pid, event, rest] = m as unknown as [string, string, string, string]
    if (event === 'tracing_mark_write') this.mark(pid, rest)
    else if (event === 'sched_process_fork') {
      const child = /child_pid=(\d+)/.exec(rest)
      if (this.pids.has(/\bpid=(\d+)/.exec(rest)![1]!)) this.pids.add(child![1]!)
    } else if (event === 'kfree_skb') this.freed(pid, rest)
    else if (event === 'consume_skb') this.owner.delete(/skbaddr=(\S+)/.exec(rest)![1]!)
    else this.seen(pid, rest)
  }

  private mark(pid: string, rest: string): void {
    if (rest.startsWith('root')) this.pids.add(pid)
    if (rest.startsWith('begin')) this.counting = true
    if (rest.startsWith('end')) this.counting = false
  }

  private seen(pid: string, rest: string): void {
    const dev = /dev=(\S+)/.exec(rest)![1]!
    this.owner.set(/skbaddr=(\S+)/.exec(rest)![1]!, dev === 'lo' ? this.pids.has(pid) : dev.startsWith('zq'))
  }

  private freed(pid: string, rest: string): void {
    const m = /skbaddr=(\S+).* protocol=(\d+) location=(\w+)\S* reason: (\w+)/.exec(rest)
    if (m === null) return
    const ours = this.owner.get(m[1]!) ?? this.pids.has(pid)
    this.owner.delete(m[1]!)
    // IPv4 and ARP; a segment that finds no route has no protocol yet
    const isPacket = m[2] === '2048' || m[2] === '2054' || m[3] === '__ip_queue_xmit'
    if (this.counting && ours && isPacket) this.drops.push({ fn: m[3]!, reason: m[4]! })
  }
}

function ask(c: ReasonCase): readonly ReasonDrop[] {
  const dir = mkdtempSync('/var/tmp/netsim-reasons-')
  writeFileSync(join(dir, 'send.py'), SENDER)
  writeFileSync(join(dir, 'main.sh'), scriptOf(c, dir))
  const run = spawnSync(
    'unshare',
    ['--net', '--mount', '--pid', '--fork', '--kill-child', 'bash', join(dir, 'main.sh')],
    { encoding: 'utf8', timeout: 20_000 },
  )
  if (run.stderr !== '') process.stderr.write(`${c.name}: ${run.stderr}`)
  const reader = new Reader()
  for (const line of readFileSync(join(dir, 'trace'), 'utf8').split('\n')) reader.line(line)
  if (process.argv.includes('--keep')) console.log(dir)
  else rmSync(dir, { recursive: true })
  return collapse(reader.drops)
}

/** Twice the same: others on the machine may be in the way. */
function agreed(c: ReasonCase): readonly ReasonDrop[] {
  let before = ask(c)
  for (let i = 0; i < 4; i++) {
    const again = ask(c)
    if (JSON.stringify(again) === JSON.stringify(before)) return again
    before = again
  }
  throw new Error(`${c.name}: no two answers were the same`)
}

const only = process.argv.slice(2).find((a) => !a.startsWith('--'))
if (only !== undefined) {
  for (const c of REASON_CASES.filter((x) => x.name.includes(only))) console.log(c.name, ask(c))
  process.exit(0)
}
const answers = Object.fromEntries(REASON_CASES.map((c) => [c.name, agreed(c)]))
const kernel = spawnSync('uname', ['-srv'], { encoding: 'utf8' }).stdout.trim()
const recording: ReasonRecording = { kernel, script: reasonsDigest(), answers }
writeFileSync(FILE, `${JSON.stringify(recording, null, 1)}\n`)
console.log(`recorded ${REASON_CASES.length} cases`)
