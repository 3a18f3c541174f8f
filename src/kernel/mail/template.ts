import type { MailWords } from './words.ts';

export interface MailContent {
  title: string;
  /** Paragraphs of plain text. */
  lines: readonly string[];
  /** Events, each with its text and a link. */
  items?: readonly MailItem[];
  /** Tables of figures. */
  tables?: readonly MailTable[];
  /** The main action, shown as a button. */
  action?: { label: string; url: string };
  /** Links in small print at the end. */
  links?: readonly { label: string; url: string }[];
}

export interface MailItem {
  text: string;
  quote?: string | undefined;
  url: string;
}

export interface MailTable {
  title: string;
  note: string;
  /** Pairs of name and figure. */
  rows: readonly (readonly [string, string])[];
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character]!);
}

/**
 * The same mail as HTML and as text. Styles are inline and the layout is a table, because mail programs know little
 * else.
 */
export function renderMail(
  { title, lines, items = [], tables = [], action, links = [] }: MailContent,
  t: MailWords,
): {
  text: string;
  html: string;
} {
  const url = action && linkOf(action.url);
  return {
    text: [
      title,
      ...lines,
      ...items.map(itemAsText),
      ...tables.map(tableAsText),
      ...(action ? [`${action.label}:\n${url}`] : []),
      ...links.map(({ label, url: to }) => `${label}: ${linkOf(to)}`),
    ]
      .join('\n\n')
      .concat('\n'),
    html: page(t.language, title, [
      ...lines.map(paragraph),
      ...items.map(itemAsHtml),
      ...tables.map(tableAsHtml),
      ...(action && url ? [button(action.label, url), linkAsText(url, t)] : []),
      ...links.map(smallLink),
    ]),
  };
}

function linkOf(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') throw new TypeError('A mail may link to http(s) only');
  return url.href;
}

const font = `font-family:Inter,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif`;

function paragraph(line: string): string {
  return `<p class="ink" dir="auto" style="margin:0 0 16px;font-size:15px;line-height:24px;color:#23252c">${escapeHtml(line)}</p>`;
}

function button(label: string, url: string): string {
  return `<table role="presentation" cellpadding="0" cellspacing="0" style="margin:8px 0 24px"><tr><td style="border-radius:6px;background:#4a50cf"><a href="${escapeHtml(url)}" style="display:inline-block;padding:10px 20px;font-size:15px;line-height:20px;font-weight:600;color:#ffffff;text-decoration:none">${escapeHtml(label)}</a></td></tr></table>`;
}

const itemAsText = ({ text, quote, url }: MailItem): string =>
  [text, ...(quote ? [`  “${quote}”`] : []), `  ${linkOf(url)}`].join('\n');

function itemAsHtml({ text, quote, url }: MailItem): string {
  const said = quote ? `<br><span class="muted" dir="auto" style="color:#5f626d">${escapeHtml(quote)}</span>` : '';
  return `<p class="ink" dir="auto" style="margin:0 0 16px;font-size:15px;line-height:22px;color:#23252c"><a class="ink" href="${escapeHtml(linkOf(url))}" style="color:#23252c;font-weight:600;text-decoration:none">${escapeHtml(text)}</a>${said}</p>`;
}

const tableAsText = ({ title, note, rows }: MailTable): string =>
  [`${title} (${note})`, ...rows.map(([name, value]) => `  ${value ? `${name}: ${value}` : name}`)].join('\n');

function tableAsHtml({ title, note, rows }: MailTable): string {
  const cell = (text: string, align: 'left' | 'right') =>
    `<td class="ink" dir="auto" align="${align}" style="padding:6px 0;border-top:1px solid #e4e5ea;font-size:14px;line-height:20px;color:#23252c">${escapeHtml(text)}</td>`;
  const lines = rows.map(([name, value]) => `<tr>${cell(name, 'left')}${cell(value, 'right')}</tr>`);
  return `<h2 class="ink" dir="auto" style="margin:24px 0 0;font-size:15px;line-height:22px;font-weight:600;color:#23252c">${escapeHtml(title)}</h2>
<p class="muted" style="margin:0 0 6px;font-size:13px;line-height:20px;color:#5f626d">${escapeHtml(note)}</p>
<table width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 24px">${lines.join('')}</table>`;
}

function smallLink({ label, url }: { label: string; url: string }): string {
  return `<p class="muted" style="margin:12px 0 0;font-size:13px;line-height:20px;color:#5f626d"><a class="muted" href="${escapeHtml(linkOf(url))}" style="color:#5f626d">${escapeHtml(label)}</a></p>`;
}

function linkAsText(url: string, t: MailWords): string {
  return `<p class="muted" style="margin:0;font-size:13px;line-height:20px;color:#5f626d;word-break:break-all">${escapeHtml(t('If the button does not work, open this address:'))}<br>${escapeHtml(url)}</p>`;
}

function page(language: string, title: string, blocks: string[]): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>
@media (prefers-color-scheme: dark) {
  .canvas { background: #15161a !important; }
  .card { background: #1d1f25 !important; border-color: #31343d !important; }
  .ink { color: #eceef3 !important; }
  .muted { color: #a3a7b3 !important; }
}
</style>
</head>
<body class="canvas" style="margin:0;padding:0;background:#f8f8fa;${font}">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:520px">
<tr><td class="muted" style="padding:0 4px 12px;font-size:13px;line-height:20px;font-weight:600;color:#5f626d">Holdfast</td></tr>
<tr><td class="card" style="padding:32px;background:#ffffff;border:1px solid #e4e5ea;border-radius:8px">
<h1 class="ink" dir="auto" style="margin:0 0 16px;font-size:20px;line-height:28px;font-weight:600;color:#23252c">${escapeHtml(title)}</h1>
${blocks.join('\n')}
</td></tr>
</table>
</td></tr></table>
</body>
</html>
`;
}
