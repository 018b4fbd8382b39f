/**
 * Formats JSON in lines, each with the JSON pointers of the values on it. Works on the text, so that ids of 19 digits keep
 * every digit. Returns undefined when the text isn't JSON.
 */
export function jsonLines(text) {
  if (!isJson(text)) return undefined
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:]+/g) ?? []
  const lines = []
  let at = 0
  writeValue('', 0, '')
  return lines

  /** Formats the value that starts at the next token. */
  function writeValue(pointer, depth, before) {
    const token = tokens[at++]
    if (token !== '{' && token !== '[') return push(depth, before, token, pointer)
    const end = token === '{' ? '}' : ']'
    if (tokens[at] === end) {
      at++
      return push(depth, before, token + end, pointer)
    }
    push(depth, before, token, pointer)
    for (let index = 0; tokens[at - 1] !== end; index++) {
      const key = token === '{' ? tokens[at] : undefined
      if (key) at += 2
      writeValue(`${pointer}/${key ? toPointer(JSON.parse(key)) : index}`, depth + 1, key ? `${key}: ` : '')
      if (tokens[at++] === ',') lines.at(-1).after = ','
    }
    push(depth, '', end, undefined)
  }

  function push(depth, key, value, pointer) {
    lines.push({ depth, key, value, pointer, after: '' })
  }
}

function isJson(text) {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function toPointer(key) {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The claims in a sealed state, for display; undefined for any other value. */
export function unseal(value) {
  const payload = /^"ey[\w-]+\.(ey[\w-]+)\.[\w-]+"$/.exec(value)?.[1]
  if (!payload) return undefined
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), letter =>
      letter.charCodeAt(0),
    )
    const { block, step, state } = JSON.parse(new TextDecoder().decode(bytes))
    return `sealed: ${block}/${step}${state === undefined ? '' : ` ${JSON.stringify(state)}`}`
  } catch {
    return undefined
  }
}

/** The pointer, or its nearest ancestor that has a line. */
export function nearest(lines, pointer) {
  const known = new Set(lines.map(line => line.pointer))
  let found = pointer
  while (found !== '' && !known.has(found)) found = found.slice(0, found.lastIndexOf('/'))
  return found
}
