/** Where a Sentry-compatible service takes errors, and the key that names the project's clients. */
export interface Dsn {
  envelopeUrl: string;
  publicKey: string;
}

export const sentry_dsn_form = 'has the form https://KEY@HOST/PROJECT';

/** Reads `https://KEY@HOST[/PATH]/PROJECT`; undefined when it has another form. */
export function parseDsn(text: string): Dsn | undefined {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || !/^\w{1,100}$/.test(url.username)) return undefined;
  const [, path, project] = /^(.*)\/([\w-]{1,100})\/?$/.exec(url.pathname) ?? [];
  if (path === undefined || !project) return undefined;
  return { envelopeUrl: `${url.origin}${path}/api/${project}/envelope/`, publicKey: url.username };
}
