import { carriesMedia } from '../manychat/media.ts'
import type { OnUnknown } from '../queue/job.ts'
import type { Params } from './operations.ts'

/** What to do with a send whose outcome nobody knows, where whoever added it didn't say. */
export type DefaultOnUnknown = (params: Params) => OnUnknown

/**
 * @param onUnknownMedia ON_UNKNOWN_MEDIA. Media are often shown although no answer came: contacts would see them again with
 *   each retry.
 */
export function createDefaultOnUnknown(onUnknownMedia: OnUnknown): DefaultOnUnknown {
  return params => (carriesMedia(params) ? onUnknownMedia : 'retry')
}
