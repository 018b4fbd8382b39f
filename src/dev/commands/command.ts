/** A command of `npx dynablock`: takes its arguments, and returns the exit code. */
export type Command = (args: string[], terminal: Terminal) => Promise<number>

/** What a command has of the world. */
export interface Terminal {
  env: Record<string, string | undefined>
  fetch: typeof globalThis.fetch
  write(text: string): void
  /** Of Node, like `v24.1.0`. */
  nodeVersion: string
  /** All of standard input. */
  readStdin(): Promise<string>
  /** What is typed or piped in, line by line. */
  lines(): AsyncIterable<string>
  /** Whether a person sits there. */
  interactive: boolean
  /** Starts the server in this process, and returns its exit code if it could not. */
  serve(): Promise<number>
}
