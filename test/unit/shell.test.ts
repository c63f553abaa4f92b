import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/shell/arith.ts'
import { expandBraces } from '../../src/shell/brace.ts'
import { matches } from '../../src/shell/pattern.ts'
import { ShellSession } from '../../src/shell/session.ts'
import { TestMachine } from './shell_machine.ts'

/** Expected values are what bash 5.2.15 prints. */
function prints(cases: readonly (readonly [string, string])[]): void {
  const m = new TestMachine()
  for (const [script, text] of cases) expect([script, m.sh(script).text]).toEqual([script, text])
}

describe('expansion', () => {
  it('follows bash for parameters', () => {
    prints([
      [
        'x=hello.tar.gz; echo ${x%.*} ${x##*.} ${x/l/L} ${x: -2} ${#x} ${x^^}',
        'hello.tar gz heLlo.tar.gz gz 12 HELLO.TAR.GZ\n',
      ],
      [
        'set -- a "b c"; for i in "$@"; do echo "[$i]"; done; for i in "$*"; do echo "[$i]"; done',
        '[a]\n[b c]\n[a b c]\n',
      ],
      ['a=(1 2 "3 4"); echo ${#a[@]} "${a[-1]}" "${a[@]:1:1}" ${!a[@]}', '3 3 4 2 0 1 2\n'],
      ['declare -A m=([k]=v ["a b"]=2); echo "${m[a b]}" ${m[k]} ${#m[@]}', '2 v 2\n'],
      ['x="a  b"; echo $x "$x"; IFS=:; y=1::2; for i in $y; do echo "<$i>"; done', 'a b a  b\n<1>\n<>\n<2>\n'],
    ])
  })

  it('expands braces on the text of a word', () => {
    expect(expandBraces('a{b,c{d,e}}{1..3}')).toHaveLength(9)
    expect(expandBraces('{a}"{b,c}"')).toEqual(['{a}"{b,c}"'])
    expect(expandBraces('{01..3}')).toEqual(['01', '02', '03'])
  })

  it('matches patterns', () => {
    expect(matches('[!a-c]*.@(sh|c)', 'x.sh')).toBe(true)
    expect(matches('!(*.c)', 'x.c')).toBe(false)
    expect(matches('\\*', '*')).toBe(true)
  })

  it('calculates in 64 bits', () => {
    const vars = { get: () => '', set: () => undefined }
    expect(evaluate('9223372036854775807 + 1', vars)).toBe(-9223372036854775808n)
    expect(evaluate('1 ? 2 : 1/0', vars)).toBe(2n)
    expect(() => evaluate('1/0', vars)).toThrow('1/0: division by 0 (error token is "0")')
  })
})

describe('errors', () => {
  it('have bash’s words and exit codes', () => {
    const m = new TestMachine()
    const script = (text: string): readonly [string, number] => {
      const r = m.sh(text)
      return [r.text, r.code]
    }
    expect(script('nosuch')).toEqual(['bash: line 1: nosuch: command not found\n', 127])
    expect(script('/tmp')).toEqual(['bash: line 1: /tmp: Is a directory\n', 126])
    expect(script('set -u; echo $x; echo no')).toEqual(['bash: line 1: x: unbound variable\n', 127])
    expect(script('echo $((1/0)); echo no\necho yes')).toEqual([
      'bash: line 1: 1/0: division by 0 (error token is "0")\nyes\n',
      0,
    ])
    expect(script('x="a b"; echo > $x')).toEqual(['bash: line 1: $x: ambiguous redirect\n', 1])
  })

  it('of syntax stop the script where bash stops', () => {
    const m = new TestMachine()
    expect(m.sh('echo 1\necho 2; )\necho 3')).toMatchObject({
      text: "1\nbash: -c: line 2: syntax error near unexpected token `)'\nbash: -c: line 2: `echo 2; )'\n",
      code: 2,
    })
    expect(m.sh('if true; then').text).toBe('bash: -c: line 2: syntax error: unexpected end of file\n')
    expect(m.sh('echo $(fi)').text).toContain("syntax error near unexpected token `fi'")
  })

  it('end a script with set -e only where nobody looks at them', () => {
    prints([
      [
        'set -e; false || true; if false; then :; fi; ! true; (exit 3) || echo $?; false && true; echo here; false; echo no',
        '3\nhere\n',
      ],
      ['set -eo pipefail; echo $(false)ok; false | true; echo no', 'ok\n'],
      ['set -e; trap "echo bye \\$?" EXIT; f() { false; }; f; echo no', 'bye 1\n'],
    ])
  })
})

describe('jobs', () => {
  it('are waited for, listed and killed', () => {
    prints([
      ['sleep 1 & jobs; wait; (exit 7) & wait $!; echo $?', '[1]+  Running                 sleep 1 &\n7\n'],
      ['sleep 3 & sleep 1 & wait -n; echo $SECONDS; kill $(jobs -p); wait; echo $SECONDS', '1\n1\n'],
      ['timeout 0.1 sleep 5; echo $?; timeout 1 true; echo $?', '124\n0\n'],
      ['trap "echo usr" USR1; (sleep 1; kill -USR1 $$) & wait $!; sleep 1; echo end', 'usr\nend\n'],
    ])
  })
})

describe('scripts on standard input', () => {
  it('share it with their commands', () => {
    const m = new TestMachine()
    expect(m.run(['bash'], 'read x\ndata\necho got $x\n').stdout).toBe('got data\n')
    expect(m.run(['bash', '-e'], 'echo one\nfalse\necho two\n')).toMatchObject({ stdout: 'one\n', code: 1 })
    expect(m.run(['bash', '-s', 'a'], 'for i in 1 2\ndo\necho $i $1\ndone\n').stdout).toBe('1 a\n2 a\n')
  })
})

describe('a session', () => {
  it('keeps variables, functions, directory and jobs between lines', () => {
    const s = new ShellSession(new TestMachine().os)
    s.run('x=1; f() { echo "f $1"; }; cd /tmp; sleep 100 &')
    expect(s.run('f $x; pwd').output).toBe('f 1\n/tmp\n')
    expect(s.run('kill %1; wait; nosuch')).toMatchObject({ status: 127, exited: false })
    expect(s.run('if true; then')).toMatchObject({ incomplete: true })
    expect(s.prompt).toBe('> ')
    expect(s.run('echo done; fi').output).toBe('done\n')
    expect(s.run('exit 3')).toMatchObject({ exited: true, status: 3 })
  })

  it('completes commands, variables and files', () => {
    const s = new ShellSession(new TestMachine().os)
    s.run('somevar=1; mkdir -p /tmp/dir; touch /tmp/dir/file')
    expect(s.complete('timeo', 5)).toEqual(['timeout'])
    expect(s.complete('echo $somev', 11)).toEqual(['$somevar'])
    expect(s.complete('cat /tmp/d', 10)).toEqual(['/tmp/dir/'])
    expect(s.complete('cat /tmp/dir/', 13)).toEqual(['/tmp/dir/file'])
  })
})
