/** A common stack: Express and Zod. */
import express from 'express'
import { z } from 'zod'
import { adviceFlow, greet, shopUrl } from '../wording.ts'
import { isAuthorized } from './bearer.ts'

const id = z.union([z.number(), z.string()])
const text = z.string().nullish()
const contactSchema = z.looseObject({
  id,
  page_id: id,
  first_name: text,
  last_name: text,
  language: text,
  timezone: text,
  last_input_text: text,
  custom_fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
})

const app = express()
app.disable('x-powered-by')
app.disable('etag')

app.use((request, response, next) => {
  if (isAuthorized(request.headers.authorization)) next()
  else response.status(401).json({ status: 401 })
})
app.use(express.json({ limit: 262_144 }))

app.post('/blocks/size', (request, response) => {
  const { success, data: contact } = contactSchema.safeParse(request.body)
  if (!success) {
    response.status(400).json({ status: 400 })
    return
  }
  response.json({
    version: 'v2',
    content: {
      messages: [
        {
          type: 'text',
          text: greet(contact.first_name),
          buttons: [
            { type: 'url', caption: 'Size chart', url: shopUrl },
            { type: 'flow', caption: 'Help me choose', target: adviceFlow },
          ],
        },
      ],
    },
  })
})

app.listen(Number(process.env.PORT), '127.0.0.1')
