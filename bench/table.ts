import { median } from './statistics.ts'

/** One comparison: what was measured of us and of a baseline, round by round, and the ratio to reach. */
export interface Row {
  title: string
  unit: 'calls/s' | 'ms'
  ours: number[]
  baseline: number[]
  /** Ours to theirs: at least for calls per second, at most for milliseconds. */
  goal: number
}

const head = ['', 'ours', 'baseline', 'ratio', 'rounds', 'goal', '']

/** Writes the rows as one table. The ratio is that of the medians; `rounds` is the lowest and highest of a round. */
export function formatTable(rows: Row[]): string {
  const lines = [head, ...rows.map(cells)]
  const widths = head.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)))
  return lines.map(line => line.map((cell, column) => pad(cell, column, widths[column] ?? 0)).join('  ')).join('\n')
}

function cells({ title, unit, ours, baseline, goal }: Row): string[] {
  const ratios = ours.map((value, round) => value / (baseline[round] ?? Number.NaN))
  const ratio = median(ours) / median(baseline)
  const more = unit === 'calls/s'
  return [
    title,
    `${median(ours).toFixed(more ? 0 : 2)} ${unit}`,
    `${median(baseline).toFixed(more ? 0 : 2)} ${unit}`,
    ratio.toFixed(2),
    `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`,
    `${more ? '≥' : '≤'} ${goal.toFixed(2)}`,
    (more ? ratio >= goal : ratio <= goal) ? 'ok' : 'missed',
  ]
}

function pad(cell: string, column: number, width: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width)
}
