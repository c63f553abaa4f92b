// Many machines in one call of Linux: each script in its own network, mount and process namespaces, up to `parallel` at the same time,
// because most of their time is sleeping. Needs root. Read first: src/cli/verify/linux.ts, which records one script at a time.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Longer than any machine needs: a script that hangs is a finding of its own. */
const SECONDS = 120

const WRAP =
  'mount -t tmpfs none /run; mkdir -p /run/netns; mount -t tmpfs none /tmp; mount -t sysfs sys /sys 2>/dev/null; ip link set lo up; ' +
  `cd /root; exec timeout ${SECONDS} bash "$1"`

/** `iptables` is iptables-legacy, whatever Debian's alternatives say. */
const LEGACY =
  'mkdir -p $b; for t in "" -save -restore; do ln -sf $(command -v iptables-legacy$t) $b/iptables$t; done; export PATH=$b:$PATH'

function driver(dir: string, count: number, parallel: number): string {
  const head = `export LANG=C HOME=/root; b=${dir}/bin; ${LEGACY}`
  const loop = `for ((i = 0; i < ${count}; i++)); do
  unshare --net --mount --pid --fork --kill-child --mount-proc bash -c '${WRAP}' x ${dir}/$i.sh >${dir}/$i.out 2>&1 </dev/null &
  [ $((i - done)) -lt ${parallel - 1} ] || { wait -n; done=$((done + 1)); }
done; wait`
  return `${head}; done=0\n${loop}\n`
}

/** What each script printed, stdout and stderr in order. */
export async function runBatch(scripts: readonly string[], parallel: number): Promise<string[]> {
  if (scripts.length === 0) return []
  const dir = mkdtempSync('/var/tmp/netsim-fuzz-')
  try {
    for (const [i, script] of scripts.entries()) writeFileSync(join(dir, `${i}.sh`), script)
    writeFileSync(join(dir, 'main.sh'), driver(dir, scripts.length, parallel))
    await new Promise<void>((resolve, reject) => {
      const child = spawn('bash', [join(dir, 'main.sh')], { stdio: 'ignore' })
      child.on('error', reject)
      child.on('exit', () => resolve())
    })
    return scripts.map((_, i) => readFileSync(join(dir, `${i}.out`), 'utf8'))
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Why Linux cannot be asked here, or null. */
export function unavailable(): string | null {
  return process.platform === 'linux' && process.getuid?.() === 0 ? null : 'namespaces need root on Linux'
}
