import { urlCredentials } from '../url-credentials.ts';

export const redis_url_form =
  'must look like rediss://user:password@host:6379 or redis://127.0.0.1:6379, with a % in the password written as %25';

/** The address of a Redis; undefined when the text is none. */
export function parseRedisUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  const isServer = url?.hostname && ['redis:', 'rediss:'].includes(url.protocol) && urlCredentials(url);
  return isServer ? url : undefined;
}
