/** The API documents as one plain page, without scripts. */
export function docsPage(document: Record<string, unknown>): string {
  const paths = document.paths as Record<string, Record<string, Operation>>;
  const groups = new Map<string, string[]>();
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const tag = operation.tags[0] ?? 'Other';
      groups.set(tag, [...(groups.get(tag) ?? []), section(path, method, operation)]);
    }
  }
  const names = [...groups.keys()].sort();
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Holdfast API</title><link rel="stylesheet" href="/api/docs.css"></head><body>
<nav aria-label="Sections"><strong>Holdfast API</strong>${names.map((n) => `<a href="#${slug(n)}">${escapeHtml(n)}</a>`).join('')}</nav>
<main><h1>Holdfast API</h1><p>The machine-readable form is <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1). Send an API key as
<code>Authorization: Bearer hf_…</code>. Errors are <code>application/problem+json</code> with a stable <code>code</code>.</p>
${names.map((n) => `<h2 id="${slug(n)}">${escapeHtml(n)}</h2>${groups.get(n)!.join('')}`).join('')}</main></body></html>`;
}

interface Operation {
  tags: string[];
  summary: string;
  description?: string;
  parameters: { name: string; in: string; required?: boolean }[];
  requestBody?: { content: Record<string, { schema: unknown }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>;
}

function section(path: string, method: string, operation: Operation): string {
  const body = operation.requestBody?.content['application/json']?.schema;
  const parameters = operation.parameters
    .map((p) => `<li><code>${escapeHtml(p.name)}</code> <small>${p.in}${p.required ? ', needed' : ''}</small></li>`)
    .join('');
  return `<details><summary><b class="${method}">${method.toUpperCase()}</b> <code>${escapeHtml(path)}</code> <span>${escapeHtml(operation.summary)}</span></summary>
${operation.description ? `<p>${escapeHtml(operation.description)}</p>` : ''}${parameters ? `<h3>Parameters</h3><ul>${parameters}</ul>` : ''}
${body ? `<h3>Body</h3>${schemaBlock(body)}` : ''}<h3>Answers</h3>${Object.entries(operation.responses)
    .filter(([status]) => status !== 'default')
    .map(
      ([status, answer]) =>
        `<p><code>${status}</code></p>${answer.content ? schemaBlock(Object.values(answer.content)[0]!.schema) : ''}`,
    )
    .join('')}</details>`;
}

const schemaBlock = (schema: unknown) => `<pre><code>${escapeHtml(JSON.stringify(schema, null, 2))}</code></pre>`;
const slug = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
const escapeHtml = (text: string) =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!);

export const docsStyle = `
:root{color-scheme:light dark;font:14px/1.5 system-ui,sans-serif;--line:light-dark(#ddd,#333);--soft:light-dark(#f6f6f7,#1b1b1f)}
body{margin:0;display:grid;grid-template-columns:220px minmax(0,1fr)}nav{position:sticky;top:0;height:100vh;overflow:auto;padding:16px;border-right:1px solid var(--line);box-sizing:border-box}
nav a{display:block;padding:3px 0;color:inherit;text-decoration:none}nav a:hover{text-decoration:underline}main{padding:24px 32px;max-width:960px}
details{border:1px solid var(--line);border-radius:8px;margin:8px 0;padding:8px 12px}summary{cursor:pointer}summary span{opacity:.75}h3{font-size:13px;margin:12px 0 4px}
pre{background:var(--soft);padding:12px;border-radius:6px;overflow:auto;max-height:420px}b.get{color:light-dark(#11663a,#6fd39b)}b.post{color:light-dark(#1d4fb8,#8fb4ff)}
b.patch,b.put{color:light-dark(#8a5200,#f0b663)}b.delete{color:light-dark(#a5202c,#ff9a9f)}@media(max-width:720px){body{display:block}nav{display:none}main{padding:16px}}
`;
