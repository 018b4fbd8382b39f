import { contactBody } from './contact.ts'
import { headers, type Program } from './programs.ts'

/** Makes one call, which must be answered with 200, and returns the body of the answer. */
export async function call({ name, origin }: Program, path: string): Promise<string> {
  const response = await fetch(origin + path, { method: 'POST', headers, body: contactBody })
  const body = await response.text()
  if (response.status !== 200) throw new Error(`${name} answered ${response.status} on ${path}: ${body}`)
  return body
}

/**
 * Checks that all programs give the same answer before anything is measured, except for the sealed states: each program
 * signs with its own key.
 *
 * @throws Error naming the program whose answer differs
 */
export async function requireSameAnswers(programs: Program[], path: string): Promise<void> {
  const answers = await Promise.all(programs.map(async program => mask(await call(program, path))))
  answers.forEach((answer, i) => {
    if (answer === answers[0]) return
    throw new Error(
      `On ${path} ${programs[i]?.name} answered\n${answer}\nwhere ${programs[0]?.name} did\n${answers[0]}`,
    )
  })
}

function mask(answer: string): string {
  return answer.replace(/"state":"[\w-]+\.[\w-]+\.[\w-]+"/g, '"state":"…"')
}
