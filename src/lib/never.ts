/** The last arm of an exhaustive switch: the compiler proves it is not reached. */
export function unreachable(x: never): never {
  throw new TypeError(`unreachable: ${JSON.stringify(x)}`)
}
