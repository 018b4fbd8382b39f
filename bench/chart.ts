/** A line chart over time as SVG, for light and dark READMEs. */
export interface Panel {
  title: string
  unit: string
  values: number[]
}

const width = 720
const height = 150
const left = 56
const right = 28

/** Draws the panels below one another, on a common time axis from 0 to `minutes`. */
export function drawChart(panels: Panel[], minutes: number): string {
  const parts = panels.map((panel, i) => drawPanel(panel, i * (height + 50) + 34))
  const total = panels.length * (height + 50) + 30
  const ticks = Array.from({ length: 6 }, (_, i) => i / 5)
    .map(part =>
      label(left + part * (width - left - right), total - 12, `${(part * minutes).toFixed(1)} min`, 'middle'),
    )
    .join('')
  const title = panels.map(({ title }) => title).join('; ')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${total}" font-family="sans-serif" font-size="12">
<title>${title}</title>
<style>text{fill:#333}.line{fill:none;stroke:#0b62d6;stroke-width:1.5}.grid{stroke:#8886}
@media(prefers-color-scheme:dark){text{fill:#ddd}.line{stroke:#6aa9ff}}</style>
${parts.join('')}${ticks}
</svg>
`
}

function drawPanel({ title, unit, values }: Panel, top: number): string {
  const most = Math.max(...values) * 1.15
  const points = values.map((value, i) => {
    const x = left + (i / Math.max(1, values.length - 1)) * (width - left - right)
    return `${x.toFixed(1)},${(top + height - (value / most) * height).toFixed(1)}`
  })
  const grid = [0, 0.5, 1].map(part => {
    const y = top + height - part * height
    const line = `<line class="grid" x1="${left}" x2="${width - right}" y1="${y}" y2="${y}"/>`
    return line + label(left - 8, y + 4, (most * part).toFixed(most < 10 ? 2 : 0), 'end')
  })
  return `${label(left, top - 12, `${title}, ${unit}`, 'start')}${grid.join('')}<polyline class="line" points="${points.join(' ')}"/>`
}

function label(x: number, y: number, text: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${text}</text>`
}
