export const smtp_url_form = 'must look like smtp://user:password@host:587 or smtps://user:password@host:465';

/** The address of a mail server; undefined when the text is none. */
export function parseSmtpUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  const isServer = url && ['smtp:', 'smtps:'].includes(url.protocol) && url.hostname && !url.search && !url.hash;
  return isServer ? url : undefined;
}
