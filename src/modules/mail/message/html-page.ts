/**
 * The HTML of a mail as a page of its own, which the page of mail shows in a frame. It was cleaned when the mail was
 * read; the policy, under which it also runs no script, sends no form and fetches nothing but pictures, and those only
 * where its reader asked for them, does not rely on that.
 */
export const htmlPage = (html: string, pictures: boolean): string =>
  `<!doctype html><html><head><meta charset="utf-8"><style>${style}</style></head><body>${pictures ? withPictures(html) : html}</body></html>`;

/** Mails are written for a white sheet, whatever the page around them looks like. */
const style =
  'html{color-scheme:light;background:#fff;color:#1b1b1f;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}body{margin:0;padding:8px}img{max-width:100%;height:auto}pre{white-space:pre-wrap}';

/** Also where the words of a mail look like that, which shows them a little shorter. */
const withPictures = (html: string): string => html.replaceAll(' data-src="', ' src="');

export const htmlPageHeaders = (pictures: boolean): Record<string, string> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    ...(pictures ? ['img-src https: http:'] : []),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
    // The page measures how high it is, and links open beside it; nothing else, scripts above all.
    'sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox',
  ].join('; '),
  'x-frame-options': 'SAMEORIGIN',
  'referrer-policy': 'no-referrer',
  'cache-control': 'private, no-store',
});
