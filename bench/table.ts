import { median } from './statistics.ts'

/** One goal: what was measured of us, round by round, and of a baseline where the goal is a ratio. */
export interface Row {
  title: string
  unit: 'calls/s' | 'ms' | 'µs' | 'MiB'
  ours: number[]
  /** Without it the goal is for the number itself. */
  baseline?: number[]
  /** At least for calls per second, at most for all else. */
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
  const reached = baseline ? ours.map((value, round) => value / (baseline[round] ?? Number.NaN)) : ours
  const value = baseline ? median(ours) / median(baseline) : median(ours)
  const more = unit === 'calls/s'
  const digits = more ? 0 : unit === 'MiB' ? 1 : 2
  const figures = baseline ? 2 : digits
  return [
    title,
    `${median(ours).toFixed(digits)} ${unit}`,
    baseline ? `${median(baseline).toFixed(digits)} ${unit}` : '',
    baseline ? value.toFixed(2) : '',
    `${Math.min(...reached).toFixed(figures)}–${Math.max(...reached).toFixed(figures)}`,
    `${more ? '≥' : '≤'} ${goal.toFixed(figures)}`,
    (more ? value >= goal : value <= goal) ? 'ok' : 'missed',
  ]
}

function pad(cell: string, column: number, width: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width)
}
