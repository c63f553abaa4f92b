#!/usr/bin/env node
// The command line: netsim run SCRIPT, netsim shell, netsim verify SCRIPT. The only part of netsim that touches Node.
import { Command, type CommanderError, InvalidArgumentError, Option } from 'commander'
import { runCommand } from './cli/run.ts'
import { shellCommand } from './cli/shell.ts'
import { verifyCommand } from './cli/verify/command.ts'
import { version } from './cli/version.ts'

function seed(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a seed is a whole number of at most nine digits.')
  return Number(text)
}

/** commander exits with 1 for wrong usage, which is verify's "different". */
function usageError(e: CommanderError): never {
  process.exit(e.exitCode === 0 ? 0 : 2)
}

const program = new Command('netsim')
  .description(
    'The Linux packet path, simulated: run scripts as root on a freshly booted machine and see where each packet goes.',
  )
  .version(version)
  .enablePositionalOptions()
  .showHelpAfterError()

program
  .command('run')
  .description('run a bash script; its output, error output and exit code are those of the real tools')
  .argument('<script>', 'a bash script, or - for standard input')
  .argument('[args...]', 'its arguments')
  .addOption(
    new Option('--trace <form>', 'tell what happened to each packet, on standard error').choices([
      'short',
      'text',
      'verbose',
      'json',
    ]),
  )
  .option('--pcap <dir>', 'write a pcapng file for every device')
  .option('--seed <n>', 'seed of all random numbers', seed, 1)
  .passThroughOptions()
  .action(runCommand)

program
  .command('shell')
  .description('the same, interactive, with history and completion')
  .option('--seed <n>', 'seed of all random numbers', seed, 1)
  .option('--trace', 'tell what happened to each packet')
  .action(shellCommand)

program
  .command('verify')
  .description(
    'run a script in netsim and on Linux, and compare after each command: output, exit code, tables, captures',
  )
  .argument('<script>', 'a bash script, or - for standard input')
  .argument('[args...]', 'its arguments')
  .addOption(
    new Option(
      '--on <kernel>',
      "native: this machine's kernel, in fresh namespaces; uml: User Mode Linux, which has every module",
    )
      .choices(['native', 'uml'])
      .default('native'),
  )
  .option('--seed <n>', 'seed of all random numbers of netsim', seed, 1)
  .addHelpText(
    'after',
    '\nExit codes: 0 identical, 1 different, 2 wrong usage, 3 Linux cannot be asked here (it says why).\nWhat is compared and what may differ: docs/verify.md',
  )
  .passThroughOptions()
  .exitOverride(usageError)
  .action(verifyCommand)

await program.parseAsync()
