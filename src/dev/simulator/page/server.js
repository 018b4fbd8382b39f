/** Calls the simulator's routes on the server. */

/** A refusal of the server, with a message to show. */
export class Refused extends Error {
  constructor(message, status) {
    super(message)
    this.status = status
  }
}

/** @throws Refused; TypeError when the server can't be reached */
export async function post(path, body = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return answerOf(
    await fetch(`/simulator/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text }),
  )
}

export async function get(path) {
  return answerOf(await fetch(`/simulator/${path}`))
}

async function answerOf(response) {
  const answer = await response.json()
  if (response.ok) return answer
  throw new Refused(answer.detail ?? `The server answers ${response.status}.`, response.status)
}

const retryMs = 300
/** The server was started again and has another token: only the address that it printed leads to it. */
const restarted = Symbol('restarted')

/**
 * Follows a conversation. A restarted server has forgotten it, so restores the last known state there.
 *
 * @param {string} id the conversation
 * @param {(state: import('./app.js').State) => void} onState receives each state
 * @param {(link: 'open' | 'lost' | 'restarted') => void} onLink receives each change of the connection
 * @returns {() => void} stops following
 */
export function follow(id, onState, onLink) {
  /** @type {EventSource} */
  let source
  /** @type {import('./app.js').State | undefined} */
  let last
  let isStopped = false
  connect(id)
  return () => {
    isStopped = true
    source.close()
  }

  function connect(current) {
    source = new EventSource(`/simulator/conversations/${current}/events`)
    source.onopen = () => onLink('open')
    source.onmessage = ({ data }) => {
      const state = JSON.parse(data)
      last = state
      onState(state)
    }
    source.onerror = () => {
      source.close()
      onLink('lost')
      again(current)
    }
  }

  async function again(current) {
    while (!isStopped) {
      await new Promise(done => setTimeout(done, retryMs))
      const next = await rejoin(current).catch(() => undefined)
      if (isStopped) return
      if (next === restarted) return onLink('restarted')
      if (next) return connect(next)
    }
  }

  /** The conversation, its copy on a server that restarted itself, or `restarted`. */
  async function rejoin(current) {
    try {
      await get(`conversations/${current}/recording`)
      return current
    } catch (error) {
      if (error instanceof Refused && error.status === 401) return restarted
      if (!(error instanceof Refused) || !last) return undefined
      const { block, saved, since, aheadMs } = last
      return (await post('conversations', { block, channel: saved.channel, saved, since, aheadMs })).id
    }
  }
}
