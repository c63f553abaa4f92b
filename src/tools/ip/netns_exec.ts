// ip netns exec: a program in another namespace, in place of ip itself, or as a child of a batch or of -all.
// Read first: uapi/program.ts (exec, spawn). Reference: cmd_exec.
import { strerror } from '../../lib/errno.ts'
import type { MainResult, Wait } from '../../uapi/program.ts'
import type { NetnsId, NetnsInfo } from '../../uapi/request.ts'
import type { Args } from './args.ts'
import type { Context } from './context.ts'
import { EXIT_FAILURE, EXIT_USAGE } from './exit.ts'
import { findNetns } from './netns_id.ts'

function execFailed(ctx: Context, program: string, errno: Parameters<typeof strerror>[0]): number {
  ctx.error(`exec of "${program}" failed: ${strerror(errno)}\n`)
  return EXIT_FAILURE
}

/** bind_etc: what lies in /etc/netns/NAME covers /etc for this process and its children. */
export function bindEtc(ctx: Context, name: string): void {
  const dir = `/etc/netns/${name}`
  const names = ctx.sys.readDir(dir)
  for (const n of names.ok ? names.value : []) {
    const r = ctx.sys.bind(`${dir}/${n}`, `/etc/${n}`)
    if (!r.ok) ctx.error(`Bind ${dir}/${n} -> /etc/${n} failed: ${strerror(r.errno)}\n`)
  }
}

/** execve(2): ip becomes the program. */
function become(ctx: Context, netns: NetnsId, argv: readonly string[]): MainResult {
  ctx.flush()
  const r = ctx.sys.exec(argv, { netns })
  return r.ok ? r.value : execFailed(ctx, argv[0] ?? '', r.errno)
}

/** fork, exec, waitpid: the child's exit code. */
function* runChild(ctx: Context, name: string, netns: NetnsId, argv: readonly string[]): Generator<Wait, number, void> {
  ctx.flush()
  bindEtc(ctx, name)
  const r = ctx.sys.spawn(argv, { netns })
  ctx.sys.unbind()
  if (!r.ok) return execFailed(ctx, argv[0] ?? '', r.errno)
  for (;;) {
    const code = ctx.sys.reap(r.value)
    if (code !== null) return code
    yield { children: [r.value] }
  }
}

function* runInAll(ctx: Context, named: readonly NetnsInfo[], argv: readonly string[]): Generator<Wait, number, void> {
  for (const n of named) {
    ctx.out.text(`\nnetns: ${n.name}\n`)
    yield* runChild(ctx, n.name, n.id, argv)
  }
  return 0
}

export function execInNetns(ctx: Context, args: Args, named: readonly NetnsInfo[]): MainResult {
  const { all, batch } = ctx.opt
  if (!args.more && !all) {
    ctx.error('No netns name specified\n')
    return EXIT_FAILURE
  }
  if (args.count < (all ? 1 : 2)) {
    ctx.error('No command specified\n')
    return EXIT_FAILURE
  }
  if (all) return runInAll(ctx, named, args.rest())
  const name = args.take()
  const id = findNetns(ctx, name)
  if (id === null) {
    ctx.error(`Cannot open network namespace "${name}": No such file or directory\n`)
    return batch ? EXIT_FAILURE : EXIT_USAGE
  }
  if (batch) return runChild(ctx, name, id, args.rest())
  bindEtc(ctx, name)
  return become(ctx, id, args.rest())
}
