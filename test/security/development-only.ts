/** What a stranger would do with a server in development. */
export interface Attempt {
  method: 'GET' | 'POST'
  path: string
  body?: string
}

export const attempts: Attempt[] = [
  { method: 'GET', path: '/simulator' },
  { method: 'GET', path: '/simulator/assets/main.js' },
  { method: 'GET', path: '/simulator/setup' },
  { method: 'POST', path: '/simulator/conversations', body: '{"block":"size","channel":"messenger"}' },
  { method: 'GET', path: '/simulator/conversations/1/events' },
  { method: 'POST', path: '/simulator/replays', body: '{}' },
  { method: 'POST', path: '/simulator/switches', body: '{"fault":"limited"}' },
  { method: 'POST', path: '/simulator/clock', body: '{"forwardMs":90000000000}' },
  { method: 'POST', path: '/simulator/restart', body: '{}' },
  { method: 'GET', path: '/simulator/api/fb/page/getInfo' },
  { method: 'GET', path: '/docs/' },
  { method: 'GET', path: '/openapi.json' },
  { method: 'POST', path: '/check', body: '{"messages":[]}' },
]
