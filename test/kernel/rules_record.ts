// Ask Linux which rules packets meet: this machine's kernel (as root) with iptables-nft and xtables-monitor, and UML with
// iptables-legacy and dmesg: npm run record -- rules.json --native (what has changed), or this file with [NAME] [--all].
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runOnLinux, unavailable } from '../../src/cli/verify/linux.ts'
import { DMESG, loadRules, nftLines, type RulesCase, type RulesRecording, rulesRecording, TRACE } from './rules.ts'

function askNft(c: RulesCase): string[] {
  const dir = mkdtempSync('/var/tmp/netsim-rules-')
  const script = `mount -t tmpfs none /run; mkdir -p /run/netns; mount -t sysfs sys /sys
mkdir ${dir}/bin; ln -s "$(command -v iptables-nft)" ${dir}/bin/iptables; export PATH=${dir}/bin:$PATH
sysctl -qw net.ipv6.conf.default.disable_ipv6=1
${c.before}
${TRACE}
xtables-monitor --trace -4 >${dir}/monitor 2>/dev/null & m=$!
sleep 0.5
{
${c.traffic}
} >/dev/null 2>&1
sleep 0.5; kill $m
for t in raw mangle nat filter; do nft -a list table ip $t 2>/dev/null; done >${dir}/list
kill $(jobs -p) 2>/dev/null`
  writeFileSync(join(dir, 'main.sh'), script)
  const run = spawnSync(
    'unshare',
    ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'bash', join(dir, 'main.sh')],
    {
      encoding: 'utf8',
      timeout: 60_000,
    },
  )
  if (run.stderr !== '') process.stderr.write(`${c.name}: ${run.stderr}`)
  const read = (file: string): string => readFileSync(join(dir, file), 'utf8')
  const lines = nftLines(read('list'), read('monitor'))
  if (process.argv.includes('--keep')) console.log(dir)
  else rmSync(dir, { recursive: true })
  return lines
}

/** One after the other: the log is the whole machine's. */
function askLegacy(cases: readonly RulesCase[]): { kernel: string; lines: Map<string, string[]> } {
  const parts = cases.map((c, i) => {
    const script = `mount -t tmpfs none /run; mkdir -p /run/netns; ip link set lo up
${c.before}
${TRACE}; dmesg -C
{
${c.traffic}
} >/dev/null 2>&1
sleep 0.3
echo "@@ ${c.name}"
${DMESG}
kill $(jobs -p) 2>/dev/null`
    return `cat >/tmp/r${i}.sh <<'END_OF_RULES'\n${script}\nEND_OF_RULES\nunshare --net --mount bash /tmp/r${i}.sh`
  })
  const all = `sysctl -qw net.netfilter.nf_log_all_netns=1; iptables -t raw -S >/dev/null; modprobe nf_log_syslog nf_log_ipv4\nsysctl -qw net.netfilter.nf_log_all_netns=1\n${parts.join('\n')}\n`
  const run = runOnLinux('uml', new Map([['rules', all]]), '')
  const lines = new Map<string, string[]>()
  let name = ''
  for (const line of (run.outputs.get('rules') ?? '').split('\n')) {
    if (line.startsWith('@@ ')) lines.set((name = line.slice(3)), [])
    else if (line.startsWith('TRACE: ')) lines.get(name)?.push(line)
    else if (line !== '') console.error(`uml: ${line}`)
  }
  return { kernel: run.kernel, lines }
}

const reason = unavailable('native') ?? unavailable('uml')
if (reason !== null) {
  console.error(`record: cannot ask Linux: ${reason}`)
  process.exit(3)
}
const only = process.argv.slice(2).find((a) => !a.startsWith('--')) ?? ''
const stale = loadRules(only).filter((c) => {
  const file = rulesRecording(c.name)
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RulesRecording).sha : ''
  return process.argv.includes('--all') || known !== c.sha
})
const kernel = spawnSync('uname', ['-srv'], { encoding: 'utf8' }).stdout.trim()
if (stale.length === 0) {
  console.log('record: every recording of rules is up to date')
  process.exit(0)
}
const legacy = askLegacy(stale)
for (const c of stale) {
  const recording: RulesRecording = {
    sha: c.sha,
    nft: { kernel, lines: askNft(c) },
    legacy: { kernel: legacy.kernel, lines: legacy.lines.get(c.name) ?? [] },
  }
  writeFileSync(rulesRecording(c.name), `${JSON.stringify(recording, null, 1)}\n`)
  console.log(`recorded ${c.name}: ${recording.nft.lines.length} and ${recording.legacy.lines.length} lines`)
}
