/** Whether a tag is the beginning of a MAC; its time depends on the tag's length only (RFC 2104 section 5 on truncation). */
export function startsWith(mac: Uint8Array, tag: Uint8Array): boolean {
  if (tag.length === 0 || tag.length > mac.length) return false;
  let difference = 0;
  for (let i = 0; i < tag.length; i++) difference |= mac[i]! ^ tag[i]!;
  return difference === 0;
}
