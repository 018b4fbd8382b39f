import type { NewSend } from '../../src/sends/send.ts'

export function send(over: Partial<NewSend> = {}): NewSend {
  return { operation: 'sending.sendContent', page: '1', addressee: null, params: { n: 1 }, ...over }
}
