import { type ParseArgsConfig, parseArgs } from 'node:util'
import { closest } from 'fastest-levenshtein'

/** A command of `npx dynablock`: takes its arguments and returns the exit code. */
export type Command = (args: string[], terminal: Terminal) => Promise<number>

/** A command's access to the outside world. */
export interface Terminal {
  env: Record<string, string | undefined>
  fetch: typeof globalThis.fetch
  write(text: string): void
  /** Like `v24.1.0`. */
  nodeVersion: string
  /** All of standard input. */
  readStdin(): Promise<string>
  /** Standard input, line by line. */
  lines(): AsyncIterable<string>
  /** Whether standard input and output are both terminals. */
  interactive: boolean
  /**
   * Starts the server in this process; returns its exit code, which is not 0 if it failed to start.
   *
   * @param liveUrl the https address of a tunnel: starts development behind it
   */
  serve(liveUrl?: string): Promise<number>
}

/** Like `parseArgs`, but for an unknown option suggests the closest known one. */
export function readArgs<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const [, given] = /^Unknown option '(-[^']+)'/.exec(message) ?? []
    if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION' || given === undefined) throw error
    const known = Object.keys(config.options ?? {}).map(name => `--${name}`)
    throw new Error(`No option is called "${given}". Did you mean "${closest(given, known)}"?`)
  }
}
