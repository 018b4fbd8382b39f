/** `/fb/sending/…`: sends content and flows to the phone. */
import { isError } from '../../content/problem.ts'
import { tooOld } from '../conversation/delivery.ts'
import { invalid, refused } from './failure.ts'
import type { HandlerContext, Handlers } from './handler.ts'
import { subscriberOf, subscriberOfRef } from './subscriber-handlers.ts'
import type { Subscriber } from './subscribers.ts'

/** Seen on live accounts in 2026-09; that it is a validation error without a code is known from one program. */
const noTags = 'Message tags are no longer supported for Facebook Messenger'

export const sendingHandlers: Handlers<'sending'> = {
  sendContent: (params, context) => {
    const subscriber = subscriberOf(params, context)
    if (params.message_tag !== undefined) throw invalid(noTags)
    if (params.otn_topic_name !== undefined) throw refused('No one-time notification for the topic', 3021)
    deliver(subscriber, params, context, 'sendContent')
  },
  sendContentByUserRef: (params, context) => {
    deliver(subscriberOfRef(params, context), params, context, 'sendContentByUserRef')
  },
  sendFlow: (params, context) => subscriberOf(params, context).startFlow(String(params.flow_ns)),
}

/** As seen in the field. */
const tooLong = 'Wrong dynamic message format: Provided text is longer than 2000 symbols'

function deliver(
  subscriber: Subscriber,
  params: Record<string, unknown>,
  { isWindowClosed }: HandlerContext,
  via: 'sendContent' | 'sendContentByUserRef',
): void {
  if (isWindowClosed) throw refused(tooOld, 3011)
  const { content } = params.data as { content: unknown }
  const delivery = subscriber.deliver(content, { via })
  if (delivery.accepted) return
  if (delivery.code !== null) throw refused(delivery.message, delivery.code)
  const errors = delivery.problems.filter(isError)
  throw invalid(...errors.map(({ rule, message }) => (rule === 'text-limit' ? tooLong : message)))
}
