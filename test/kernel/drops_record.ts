// Ask this machine's kernel (as root, Linux with drop reasons) what it says about each frame of drop_frames.ts, and keep the
// answers in recordings/drops.json: node --conditions=netsim-source --import tsx test/kernel/drops_record.ts
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FRAMES, hex, TOPOLOGY } from './drop_frames.ts'

/** What became of one frame: where and why the tracepoint skb:kfree_skb saw it dropped; empty when it was taken. */
export interface DropRecord {
  readonly frame: string
  readonly drops: readonly { readonly fn: string; readonly reason: string }[]
}

export interface DropRecording {
  readonly kernel: string
  readonly answers: Readonly<Record<string, DropRecord>>
}

/** Follows the frame's skb by its address, from net:netif_receive_skb on dr0 to skb:kfree_skb. */
const SENDER = `
import json, os, re, socket, subprocess, sys, time
cases = json.load(open(sys.argv[1]))
T = '/sys/kernel/tracing/'
def put(path, text):
    with open(T + path, 'w') as f: f.write(text)
for e in ('skb/kfree_skb', 'net/netif_receive_skb'): put('events/' + e + '/enable', '1')
fd = os.open('/run/netns/a', os.O_RDONLY)
own = os.open('/proc/self/ns/net', os.O_RDONLY)
import ctypes
libc = ctypes.CDLL(None)
libc.setns(fd, 0)
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
s.bind(('pa', 0))
libc.setns(own, 0)
for c in cases:
    if c['before']: subprocess.run(['ip', 'netns', 'exec', 'r', 'bash', '-c', c['before']], check=True)
    time.sleep(0.05)
    put('trace', '')
    s.send(bytes.fromhex(c['frame']))
    time.sleep(0.05)
    addr, drops = None, []
    for line in open(T + 'trace'):
        m = re.search(r'netif_receive_skb: dev=dr0 skbaddr=(\\S+)', line)
        if m and addr is None: addr = m.group(1)
        m = re.search(r'kfree_skb: skbaddr=(\\S+).* location=(\\w+)\\S* reason: (\\w+)', line)
        if m and m.group(1) == addr: drops.append({'fn': m.group(2), 'reason': m.group(3)}); addr = 'freed'
    c['drops'] = drops
    c['seen'] = addr is not None
print(json.dumps(cases))
`

const dir = mkdtempSync(join(tmpdir(), 'netsim-drops-'))
writeFileSync(
  join(dir, 'cases.json'),
  JSON.stringify(FRAMES.map((f) => ({ name: f.name, before: f.before ?? '', frame: hex(f.frame) }))),
)
writeFileSync(join(dir, 'send.py'), SENDER)
const script = `mount -t tmpfs none /run; mkdir -p /run/netns; mount -t sysfs sys /sys; mount -t tracefs t /sys/kernel/tracing
sysctl -qw net.ipv6.conf.default.disable_ipv6=1
${TOPOLOGY}
python3 ${dir}/send.py ${dir}/cases.json >${dir}/out.json
kill $(jobs -p)`
writeFileSync(join(dir, 'main.sh'), script)
const run = spawnSync('unshare', ['--net', '--mount', 'bash', join(dir, 'main.sh')], { encoding: 'utf8' })
process.stderr.write(run.stderr)
type Answer = {
  readonly name: string
  readonly frame: string
  readonly seen: boolean
  readonly drops: DropRecord['drops']
}
const out = JSON.parse(readFileSync(join(dir, 'out.json'), 'utf8')) as readonly Answer[]
const unseen = out.filter((c) => !c.seen).map((c) => c.name)
if (unseen.length > 0) console.error(`not received: ${unseen.join('; ')}`)
const answers = Object.fromEntries(out.map((c) => [c.name, { frame: c.frame, drops: c.drops }]))
const kernel = spawnSync('uname', ['-srv'], { encoding: 'utf8' }).stdout.trim()
const recording: DropRecording = { kernel, answers }
writeFileSync(new URL('recordings/drops.json', import.meta.url), `${JSON.stringify(recording, null, 1)}\n`)
console.log(`recorded ${out.length} frames`)
