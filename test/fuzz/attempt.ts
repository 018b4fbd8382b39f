export type Attempt<Value> = { ok: true; value: Value } | { ok: false; error: unknown }

export function attempt<Value>(work: () => Value): Attempt<Value> {
  try {
    return { ok: true, value: work() }
  } catch (error) {
    return { ok: false, error }
  }
}
