// What ip prints: the same field is text, coloured text or JSON. One Printer per process.
// Shape: iproute2's json_print and json_writer; the text of a field is given beside its key.

/** iproute2's colour attributes. */
type Color = 'ifname' | 'mac' | 'inet' | 'up' | 'down'
type Palette = 'none' | 'light' | 'dark'

const LIGHT: Readonly<Record<Color, string>> = Object.freeze({
  ifname: '36',
  mac: '33',
  inet: '35',
  up: '32',
  down: '31',
})

type Scalar = string | number | boolean | null

/** A JSON stream in json_writer's layout. */
export class JsonWriter {
  private text = ''
  private depth = 0
  private separated = false
  private readonly pretty: boolean

  constructor(pretty: boolean) {
    this.pretty = pretty
  }

  take(): string {
    const t = this.text
    this.text = ''
    return t
  }

  private separate(): void {
    if (this.separated) this.text += ','
    this.separated = true
  }

  private line(): void {
    if (this.pretty) this.text += `\n${'    '.repeat(this.depth)}`
  }

  private quoted(s: string): void {
    const escaped = s.replace(/[\t\n\r\f\b\\"]/g, (c) => JSON.stringify(c).slice(1, -1))
    this.text += `"${escaped}"`
  }

  private name(key: string): void {
    this.separate()
    this.line()
    this.separated = false
    this.quoted(key)
    this.text += this.pretty ? ': ' : ':'
  }

  value(key: string | null, value: Scalar): void {
    if (key !== null) this.name(key)
    this.separate()
    if (typeof value === 'string') this.quoted(value)
    else this.text += String(value)
  }

  open(bracket: '{' | '[', key: string | null): void {
    if (key !== null) this.name(key)
    this.separate()
    this.text += bracket
    this.depth++
    this.separated = false
    if (bracket === '[' && this.pretty) this.text += ' '
  }

  close(bracket: '}' | ']'): void {
    if (bracket === ']') {
      if (this.pretty && this.separated) this.text += ' '
      this.separated = false
    }
    this.depth--
    if (this.separated) this.line()
    this.text += bracket
    this.separated = true
  }
}

export class Printer {
  private buffer = ''
  private json: JsonWriter | null = null
  palette: Palette = 'none'
  /** _SL_: what separates the lines of one object; a backslash with -oneline. */
  separator = '\n'

  get isJson(): boolean {
    return this.json !== null
  }

  /** What was printed since the last call. */
  take(): string {
    const t = this.buffer + (this.json?.take() ?? '')
    this.buffer = ''
    return t
  }

  /** Begin the answer of one command: an array when JSON is asked for. */
  begin(json: boolean, pretty: boolean): void {
    if (!json) return
    this.json = new JsonWriter(pretty)
    this.json.open('[', null)
  }

  end(): void {
    if (this.json === null) return
    this.json.close(']')
    this.buffer += `${this.json.take()}\n`
    this.json = null
  }

  private paint(text: string, color: Color | undefined): string {
    if (color === undefined || this.palette === 'none') return text
    return `\x1b[${this.palette === 'dark' ? '1;' : ''}${LIGHT[color]}m${text}\x1b[0m`
  }

  /** Text, when no JSON is being written. */
  text(text: string, color?: Color): void {
    if (this.json === null) this.buffer += this.paint(text, color)
  }

  /** A JSON member, when JSON is being written. */
  member(key: string | null, value: Scalar): void {
    this.json?.value(key, value)
  }

  /** One field in both forms. */
  field(key: string | null, value: Scalar, text: string, color?: Color): void {
    if (this.json !== null) this.json.value(key, value)
    else this.buffer += this.paint(text, color)
  }

  openObject(key: string | null = null): void {
    this.json?.open('{', key)
  }

  closeObject(): void {
    this.json?.close('}')
  }

  openArray(key: string): void {
    this.json?.open('[', key)
  }

  closeArray(): void {
    this.json?.close(']')
  }

  /** Between the lines of one object. */
  newLine(): void {
    this.text(this.separator)
  }
}
