import type { MetricRow, Sample } from '../counters.ts'

export const expositionType = 'text/plain; version=0.0.4; charset=utf-8'

/** A metric as Prometheus reads it; undefined samples are not known just now, and are not told as 0. */
export function formatMetric({ name, type, help, labels }: MetricRow, samples: Sample[] | undefined): string {
  const unlabelled: Sample[] = labels.length === 0 && samples?.length === 0 ? [{ labels: {}, value: 0 }] : []
  const lines = [...(samples ?? []), ...unlabelled].map(({ suffix = '', labels, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeValue(text)}"`)
    return `${name}${suffix}${pairs.length > 0 ? `{${pairs.join()}}` : ''} ${value}\n`
  })
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function escapeValue(text: string): string {
  return text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')
}
