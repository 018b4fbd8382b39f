/**
 * The key under which a send is stored: those of one token are no other's, and a line of a batch has one that no single send
 * can have. No header holds the arrow, so none of them, and no key of a late reply, can be made up by a caller. The line has two:
 * otherwise, line 1 of a nameless token's batch `shop` would have the key of `1` of a token named `shop`.
 */
export function storedKey(tokenName: string | null, key: string, line?: number): string {
  const owner = tokenName === null ? '' : `${tokenName}→`
  return `${owner}${key}${line === undefined ? '' : `→→${line}`}`
}
