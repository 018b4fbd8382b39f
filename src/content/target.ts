/** Where buttons and quick replies lead inside ManyChat. */
import { Type } from '@sinclair/typebox'

export const flowTarget = Type.String({
  minLength: 1,
  description: 'The id in the URL of the flow, like content20180221085508_278589.',
})

export const nodeTarget = Type.String({ minLength: 1, description: 'The unique name of a node of the running flow.' })
