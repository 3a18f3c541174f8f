/**
 * Whether If-None-Match names what would be sent (RFC 9110, section 13.1.2): as it was answered, or weak, as a proxy
 * that compresses answers calls it.
 */
export const isNamedByIfNoneMatch = (header: string, etag: string): boolean =>
  header.trim() === '*' || header.split(',').some((each) => each.trim().replace(/^W\//, '') === etag);
