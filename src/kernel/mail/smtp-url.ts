import { urlCredentials } from '../url-credentials.ts';

export const smtp_url_form =
  'must look like smtp://user:password@host:587 or smtps://user:password@host:465, with a % in the password written as %25';

/** The address of a mail server; undefined when the text is none. */
export function parseSmtpUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  const isServer = url && ['smtp:', 'smtps:'].includes(url.protocol) && url.hostname && !url.search && !url.hash;
  return isServer && urlCredentials(url) ? url : undefined;
}
