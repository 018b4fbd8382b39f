/** One line of a comparison: kept, gone or new. */
export interface DiffLine {
  sign: ' ' | '-' | '+'
  text: string
}

/** Compares two texts line by line: the longest common subsequence stays. */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = before.split('\n')
  const b = after.split('\n')
  const common = lengths(a, b)
  const at = (i: number, j: number) => common[i]?.[j] ?? 0
  const lines: DiffLine[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ sign: ' ', text: a[i++] as string })
      j++
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ sign: '-', text: a[i++] as string })
    } else lines.push({ sign: '+', text: b[j++] as string })
  }
  return lines
}

/** How many lines from (i, j) on are common, for every i and j. */
function lengths(a: string[], b: string[]): number[][] {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0))
  for (let i = a.length - 1; i >= 0; i--) {
    const row = table[i] as number[]
    const below = table[i + 1] as number[]
    for (let j = b.length - 1; j >= 0; j--) {
      row[j] = a[i] === b[j] ? (below[j + 1] as number) + 1 : Math.max(below[j] as number, row[j + 1] as number)
    }
  }
  return table
}
