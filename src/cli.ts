#!/usr/bin/env node
// The command line: netsim run SCRIPT, netsim shell. The only part of netsim that touches Node.
import { Command, InvalidArgumentError, Option } from 'commander'
import { runCommand } from './cli/run.ts'
import { shellCommand } from './cli/shell.ts'
import { version } from './cli/version.ts'

function seed(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a seed is a whole number of at most nine digits.')
  return Number(text)
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

await program.parseAsync()
