/** Any origin works, since only the path matters. */
const own_origin = 'https://own.invalid';

/**
 * A path of this site with its query and fragment, as the URL parser of browsers reads it; undefined for whatever leads
 * elsewhere, such as `//host`, `/\host`, a tab or line break between the slashes, or `/.//host`.
 */
export function localPath(text: string): string | undefined {
  if (!text.startsWith('/') || !URL.canParse(text, own_origin)) return undefined;
  const url = new URL(text, own_origin);
  // Resolving dots may leave two slashes at the start, which would be taken for a host.
  if (url.origin !== own_origin || url.pathname.startsWith('//')) return undefined;
  return url.pathname + url.search + url.hash;
}
