import { median } from './statistics.ts'

/** One goal: our figures by round, and those of a baseline if the goal is a ratio. */
export interface Row {
  title: string
  unit: 'calls/s' | 'ms' | 'µs' | 'MiB'
  ours: number[]
  /** Absent: the goal is for our own figure. */
  baseline?: number[]
  /** The figure that summarizes the rounds; default `median`. For a cost on a shared machine, the minimum varies less. */
  by?: 'median' | 'minimum'
  /** A minimum for calls per second, a maximum for everything else. */
  goal: number
}

const head = ['', 'ours', 'baseline', 'ratio', 'rounds', 'goal', '']

/** Formats the rows as a table. `ratio` is that of the medians or minima; `rounds` is the lowest and highest of the rounds. */
export function formatTable(rows: Row[]): string {
  return align([head, ...rows.map(cells)])
}

/** Formats each program's processor time per call, in microseconds. */
export function formatCosts(costs: Record<string, number[]>): string {
  const rows = Object.entries(costs).map(([name, values]) => [
    name,
    `${Math.min(...values).toFixed(1)}`,
    `${median(values).toFixed(1)}`,
  ])
  return align([['CPU µs per call', 'minimum', 'median'], ...rows])
}

function align(lines: string[][]): string {
  const [head = []] = lines
  const widths = head.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)))
  return lines.map(line => line.map((cell, column) => pad(cell, column, widths[column] ?? 0)).join('  ')).join('\n')
}

function cells({ title, unit, ours, baseline, goal, by = 'median' }: Row): string[] {
  const reached = baseline ? ours.map((value, round) => value / (baseline[round] ?? Number.NaN)) : ours
  const figure = by === 'median' ? median : (values: number[]) => Math.min(...values)
  const value = baseline ? figure(ours) / figure(baseline) : figure(ours)
  const more = unit === 'calls/s'
  const digits = more ? 0 : unit === 'MiB' ? 1 : 2
  const figures = baseline ? 2 : digits
  return [
    title,
    `${figure(ours).toFixed(digits)} ${unit}`,
    baseline ? `${figure(baseline).toFixed(digits)} ${unit}` : '',
    baseline ? value.toFixed(2) : '',
    `${Math.min(...reached).toFixed(figures)}–${Math.max(...reached).toFixed(figures)}`,
    `${more ? '≥' : '≤'} ${goal.toFixed(figures)}`,
    (more ? value >= goal : value <= goal) ? 'ok' : 'missed',
  ]
}

function pad(cell: string, column: number, width: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width)
}
