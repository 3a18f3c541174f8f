import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root });
const scripts = Object.keys(JSON.parse(readFileSync(`${root}package.json`, 'utf8')).scripts);

/** Placeholders and files that exist only once something ran. */
const notFiles =
  /[…*{<N]|^(data|node_modules|\.cache|web\/dist|bench\/results|src\/modules\/directory\/contact\/department)/;

test('files that the documents name exist', () => {
  const missing: string[] = [];
  for (const page of pages) {
    const text = readFileSync(root + page, 'utf8').replace(/^```.*?^```/gms, '');
    const named = [...text.matchAll(/`((?:src|web|test|bench|bin|docs|db|generated|deploy|\.ci)\/[^`\s]*)`/g)].map(
      (match) => match[1]!,
    );
    const linked = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map((match) =>
      new URL(match[1]!, `file:///${page}`).pathname.slice(1),
    );
    for (const path of [...named, ...linked])
      if (!notFiles.test(path) && !existsSync(root + path.replace(/\/$/, ''))) missing.push(`${page}: ${path}`);
  }
  assert.deepEqual(missing, []);
});

test('commands that the documents name exist', () => {
  const missing: string[] = [];
  for (const page of pages) {
    const text = readFileSync(root + page, 'utf8');
    for (const [, script] of text.matchAll(/npm run ([\w:-]+)/g))
      if (!scripts.includes(script!)) missing.push(`${page}: npm run ${script}`);
  }
  assert.deepEqual(missing, []);
});

test('docs/api.md names every code of a problem', () => {
  const documented = readFileSync(`${root}docs/api.md`, 'utf8');
  const missing = new Set<string>();
  for (const file of globSync(['src/kernel/**/*.ts', 'src/platform/**/*.ts', 'src/modules/**/*.ts'], {
    cwd: root,
    exclude: ['**/*.test.ts'],
  })) {
    const code = readFileSync(root + file, 'utf8');
    const made = [
      ...code.matchAll(/new Problem\(\s*\d{3},\s*'(\w+)'/g),
      ...code.matchAll(/problems\.conflict\([^;]*?,\s*'([a-z_]+)',?\s*\)/g),
    ];
    for (const [, name] of made) if (!documented.includes(`\`${name}\``)) missing.add(name!);
  }
  assert.deepEqual([...missing].sort(), []);
});
