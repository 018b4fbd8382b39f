import { checkContent, inspectContent } from '../src/content/check.ts'
import type { Content } from '../src/content/content.ts'

const calls = 2000

/** The largest content that ManyChat accepts: 10 full messages, 11 quick replies, 5 actions. */
const largest: Content = {
  messages: Array.from({ length: 10 }, (_, i) =>
    i % 2 === 0
      ? { type: 'text', text: 'x'.repeat(640), buttons: buttons() }
      : {
          type: 'cards',
          elements: Array.from({ length: 10 }, () => ({
            title: 'T'.repeat(80),
            subtitle: 'S'.repeat(80),
            image_url: 'https://cdn.example/a.png',
            buttons: buttons(),
          })),
        },
  ),
  actions: Array.from({ length: 5 }, (_, i) => ({ action: 'set_field_value', field_name: `field ${i}`, value: i })),
  quick_replies: Array.from({ length: 11 }, (_, i) => ({
    type: 'flow',
    caption: `Choice ${i}`,
    target: `content20180221085508_${i}`,
  })),
}

/** Microseconds per check of the largest legal content. */
export function measureCheck(): number {
  const problems = inspectContent(largest)
  if (problems.length > 0) throw new Error(`the content is not legal: ${problems[0]?.message}`)
  const startedAt = performance.now()
  for (let i = 0; i < calls; i++) checkContent(largest, { channel: 'messenger' })
  return ((performance.now() - startedAt) * 1000) / calls
}

function buttons() {
  return Array.from({ length: 3 }, (_, i) => ({
    type: 'dynamic_block_callback' as const,
    caption: `Button number ${i}`,
    url: 'https://bench.example/blocks/size/chosen',
    method: 'post' as const,
    payload: { state: 's'.repeat(200), user_id: '{{user_id}}', input: '{{last_input_text}}' },
  }))
}
