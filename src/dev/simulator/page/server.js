/** The server's side of the simulator, as the page calls it. */

/** Throws an error whose message can be shown. */
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
  throw Object.assign(new Error(answer.detail ?? `The server answers ${response.status}.`), { status: response.status })
}

const retryMs = 300

/**
 * Follows a conversation. When the server restarts, which forgets it, the last state is put back.
 *
 * @param id the conversation
 * @param onState is given each state
 * @param onLink is told 'open' or 'lost'
 * @returns stops following
 */
export function follow(id, onState, onLink) {
  let source
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
      last = JSON.parse(data)
      onState(last)
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
      if (next) return connect(next)
    }
  }

  /** The same conversation, or its copy on a server that has been started anew. */
  async function rejoin(current) {
    try {
      await get(`conversations/${current}/recording`)
      return current
    } catch ({ status }) {
      if (status !== 404 || !last) return undefined
      const { block, saved, since, aheadMs } = last
      return (await post('conversations', { block, channel: saved.channel, saved, since, aheadMs })).id
    }
  }
}
