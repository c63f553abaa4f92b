// The programs of this folder and the shell itself, by name: one part of a machine's table of executables.
import type { Executable, Machine, Main } from '../../uapi/program.ts'
import { bashMain } from '../main.ts'
import { echo, printf } from './echo.ts'
import { chmod, chown, cp, ln, mkdir, mkfifo, mktemp, mv, rm, rmdir, touch } from './files.ts'
import { kill, killall, pgrep, pidof, pkill, ps } from './processes.ts'
import { env, nohup, nsenter, setsid, unshare } from './run.ts'
import { basename, dirname, ls, pwd, readlink, realpath, stat, which } from './show.ts'
import { sleep } from './sleep.ts'
import {
  clear,
  date,
  hostname,
  id,
  modprobe,
  mount,
  no1,
  nproc,
  printenv,
  refused,
  sync,
  tty,
  uname,
  whoami,
  yes0,
} from './system.ts'
import { test } from './test.ts'
import { timeout } from './timeout.ts'

const MAINS: Readonly<Record<string, Main>> = Object.freeze({
  '[': test,
  basename,
  bash: bashMain,
  chgrp: chown,
  chmod,
  chown,
  clear,
  cp,
  date,
  dirname,
  echo,
  env,
  false: no1,
  hostname,
  id,
  insmod: refused('loading module files is'),
  kill,
  killall,
  ln,
  ls,
  lsmod: refused('the list of modules is'),
  mkdir,
  mkfifo,
  mktemp,
  modprobe,
  mount,
  mv,
  nohup,
  nproc,
  nsenter,
  pgrep,
  pidof,
  pkill,
  printenv,
  printf,
  ps,
  pwd,
  readlink,
  realpath,
  rm,
  rmdir,
  rmmod: refused('unloading modules is'),
  setsid,
  sh: bashMain,
  stat,
  sync,
  test,
  touch,
  true: yes0,
  tty,
  umount: refused('unmounting is'),
  uname,
  unshare,
  which,
  whoami,
})

/** Executables of the shell: to be merged with those of tools/ and of shell/text/. */
export const SHELL_EXECUTABLES: Readonly<Record<string, Executable>> = Object.freeze(
  Object.fromEntries([
    ...Object.entries(MAINS).map(([n, main]): [string, Executable] => [n, Object.freeze({ kind: 'main', main })]),
    ['sleep', Object.freeze({ kind: 'machine', machine: sleep as Machine<unknown> })],
    ['timeout', Object.freeze({ kind: 'machine', machine: timeout as Machine<unknown> })],
  ]),
)
