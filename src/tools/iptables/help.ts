// iptables -h, with what the extensions on the command line add.
// Read first: xtables_printhelp, print_extension_helps (iptables/xshared.c).
import { VERSION } from './exit.ts'
import type { AnyExtension } from './getopt.ts'
import { isVerdict } from './lookup.ts'
import type { Command } from './parsed.ts'

const USAGES = Object.freeze([
  '-[ACD] chain rule-specification [options]',
  '-I chain [rulenum] rule-specification [options]',
  '-R chain rulenum rule-specification [options]',
  '-D chain rulenum [options]',
  '-[LS] [chain [rulenum]] [options]',
  '-[FZ] [chain] [options]',
  '-[NX] chain',
  '-E old-chain-name new-chain-name',
  '-P chain target [options]',
  '-h (print this help information)',
])

const BODY = `Commands:
Either long or short options are allowed.
  --append  -A chain		Append to chain
  --check   -C chain		Check for the existence of a rule
  --delete  -D chain		Delete matching rule from chain
  --delete  -D chain rulenum
				Delete rule rulenum (1 = first) from chain
  --insert  -I chain [rulenum]
				Insert in chain as rulenum (default 1=first)
  --replace -R chain rulenum
				Replace rule rulenum (1 = first) in chain
  --list    -L [chain [rulenum]]
				List the rules in a chain or all chains
  --list-rules -S [chain [rulenum]]
				Print the rules in a chain or all chains
  --flush   -F [chain]		Delete all rules in  chain or all chains
  --zero    -Z [chain [rulenum]]
				Zero counters in chain or all chains
  --new     -N chain		Create a new user-defined chain
  --delete-chain
            -X [chain]		Delete a user-defined chain
  --policy  -P chain target
				Change policy on chain to target
  --rename-chain
            -E old-chain new-chain
				Change chain name, (moving any references)

Options:
    --ipv4	-4		Nothing (line is ignored by ip6tables-restore)
    --ipv6	-6		Error (line is ignored by iptables-restore)
[!] --protocol	-p proto	protocol: by number or name, eg. \`tcp'
[!] --source	-s address[/mask][...]
				source specification
[!] --destination -d address[/mask][...]
				destination specification
[!] --in-interface -i input name[+]
				network interface name ([+] for wildcard)
 --jump	-j target
				target for rule (may load target extension)
  --goto      -g chain
			       jump to chain with no return
  --match	-m match
				extended match (may load extension)
  --numeric	-n		numeric output of addresses and ports
[!] --out-interface -o output name[+]
				network interface name ([+] for wildcard)
  --table	-t table	table to manipulate (default: \`filter')
  --verbose	-v		verbose mode
  --wait	-w [seconds]	maximum wait to acquire xtables lock before give up
  --line-numbers		print line numbers when listing
  --exact	-x		expand numbers (display exact values)
[!] --fragment	-f		match second or further fragments only
  --modprobe=<command>		try to insert modules using this command
  --set-counters -c PKTS BYTES	set the counter during insert/append
[!] --version	-V		print package version.
`

const STANDARD = 'standard match options:\n(If target is DROP, ACCEPT, RETURN or nothing)\n'

function extensionHelp(ext: AnyExtension): string {
  if (ext.help === '') return `\n${ext.name} does not take any options\n`
  return `\n${ext.help.replace(/^\n/, '')}${ext.help.endsWith('\n') ? '' : '\n'}`
}

export function helpText(prog: string, c: Command): string {
  const usages = USAGES.map((u, i) => `${i === 0 ? 'Usage:' : '      '} ${prog} ${u}\n`).join('')
  let text = `${prog} v${VERSION} (legacy)\n\n${usages}\n${BODY}`
  if (isVerdict(c.jump) && !c.goto) text += `\n${STANDARD}`
  if (c.targetUse !== null) text += extensionHelp(c.targetUse.ext)
  for (const { ext } of c.matchUses) text += extensionHelp(ext)
  return text
}
