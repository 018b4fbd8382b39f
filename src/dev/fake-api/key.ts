/** The key that the fake API accepts for a page. */
export function fakeKey(page: string): string {
  return `${page}:simulator`
}

/** The page of the key in an Authorization header; undefined when the key is not one of these. */
export function pageOfKey(authorization: string | undefined): string | undefined {
  return /^Bearer (\d+|default):simulator$/i.exec(authorization ?? '')?.[1]
}
