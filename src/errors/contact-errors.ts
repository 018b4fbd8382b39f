import type { Row } from './row.ts'

/** The rows of `errorTable` for what is known about a contact. */
export const contactErrors = {
  DYN_MEMORY_MISSING: [
    500,
    'Block without memory',
    'The block "{block}" has no memory.',
    'Give defineBlock() the option memory, with schema and keepDays.',
  ],
  DYN_MEMORY_INVALID: [
    500,
    'Memory not valid',
    'The memory of block "{block}" must be {expected}; got {got}.',
    'Remember what the schema says, or change the schema.',
  ],
  DYN_MEMORY_UNREADABLE: [
    500,
    'Memory unreadable',
    'None of STATE_KEYS decrypts the memory of block "{block}".',
    'Put the old key after the new one until the doctor says that it may go.',
  ],
  DYN_MEMORY_NOT_STORED: [
    500,
    'Memory not stored',
    'The store did not take the memory of {where} within {limit} ms.',
    'Check the store.',
  ],
  DYN_TURN_LOST: [
    500,
    'Turn lost',
    'Another process took over the turn of the call, or its contact was erased: nothing was remembered.',
    'Nothing needs to be done, unless it happens often: then check why the process stalls.',
  ],
  DYN_TURN_OVER: [
    500,
    'Turn over',
    'The turn of {where} is over, so its memory can no longer be used.',
    'Await memory() and remember() before the handler returns.',
  ],
  DYN_CONTACT_UNKNOWN: [
    400,
    'Contact not valid',
    'The request is not valid: expected {expected}, got {got}.',
    'Name the contact by its id: /contacts/<id>?page=<id of the page>.',
  ],
} as const satisfies Record<string, Row>
