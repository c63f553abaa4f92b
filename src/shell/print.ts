// A command's text as jobs and messages print it. Simple commands and pipelines of them are put together as bash does;
// compound commands are shown as they stand in the source.
import type { CommandNode, PipelineNode, Redirection, Statement } from './parse.ts'
import type { Shell } from './shell.ts'

function redirectText(r: Redirection): string {
  const fd =
    r.descriptor === undefined
      ? ''
      : r.descriptor.type === 'FileDescriptor'
        ? String(r.descriptor.value)
        : `{${r.descriptor.name}}`
  if (r.type === 'HereDoc') return `${fd}${r.operator}${r.delimiter?.text ?? ''}`
  const target = r.target?.text ?? ''
  if (r.type === 'HereString') return `${fd}<<< ${target}`
  if (r.operator === '>&' || r.operator === '<&') {
    return /^(\d+-?|-)$/.test(target)
      ? `${fd === '' ? (r.operator === '>&' ? '1' : '0') : fd}${r.operator}${target}`
      : `&> ${target}`
  }
  return `${fd}${r.operator} ${target}`
}

function simpleText(node: Extract<CommandNode, { type: 'Command' }>): string {
  const parts = [...node.prefix, ...(node.name === undefined ? [] : [node.name]), ...node.suffix]
  const isRedirect = (p: (typeof parts)[number]): p is Redirection =>
    p.type === 'Redirect' || p.type === 'HereDoc' || p.type === 'HereString'
  const words = parts.filter((p) => !isRedirect(p)).map((p) => (isRedirect(p) ? '' : p.text))
  return [...words, ...parts.filter(isRedirect).map(redirectText)].join(' ')
}

export function commandText(sh: Shell, node: PipelineNode | Statement['command']): string {
  switch (node.type) {
    case 'Command':
      return simpleText(node)
    case 'Pipeline':
      return node.commands.map((c) => commandText(sh, c)).join(' | ')
    case 'AndOr':
      return node.commands.map((c, i) => (i === 0 ? '' : ` ${node.operators[i - 1]} `) + commandText(sh, c)).join('')
    case 'Subshell':
      return `( ${listText(sh, node.body.commands)} )`
    case 'Redirected':
      return `${commandText(sh, node.command)} ${node.redirects.map(redirectText).join(' ')}`
    case 'BraceGroup':
      return `{ ${listText(sh, node.body.commands)}; }`
    default:
      return sh.source.text.slice(node.pos, node.end).replace(/\s*\n\s*/g, '; ')
  }
}

function listText(sh: Shell, list: readonly Statement[]): string {
  const texts = list.map((s) => commandText(sh, s.command) + (s.background === true ? ' &' : ''))
  return texts.reduce((a, b) => (a === '' ? b : a.endsWith('&') ? `${a} ${b}` : `${a}; ${b}`), '')
}
