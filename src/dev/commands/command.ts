/** A command of `npx dynablock`: takes its arguments, and returns the exit code. */
export type Command = (args: string[], terminal: Terminal) => Promise<number>

/** What a command has of the world. */
export interface Terminal {
  env: Record<string, string | undefined>
  fetch: typeof globalThis.fetch
  write(text: string): void
  /** All of standard input. */
  readStdin(): Promise<string>
  /** Starts the server in this process, and returns its exit code if it could not. */
  serve(): Promise<number>
}
