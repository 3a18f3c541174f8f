import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The words in the last column of the glossary's tables. */
function retiredWords(): string[] {
  const rows = readFileSync(`${root}docs/glossary.md`, 'utf8').matchAll(/^\|.*\|([^|]*)\|$/gm);
  return [...rows].flatMap(([, last]) => [...last!.matchAll(/`([^`]+)`/g)].map(([, word]) => word!));
}

/** As a whole word; inside another identifier it means something else. */
const uses = (text: string, word: string): boolean => new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(text);

test('code uses no word that the glossary retires', () => {
  const words = retiredWords();
  assert.ok(words.length > 20, 'the words were not found');
  const paths = globSync(['{src,web,bench,test}/**/*.{ts,tsx}', 'db/**/*.sql'], {
    cwd: root,
    exclude: ['web/dist/**'],
  });
  const found = paths.flatMap((path) => {
    const text = readFileSync(root + path, 'utf8').replace(/'[^'\n]*'|^.*\/\*\*.*$|\/\/.*$|^ *--.*$/gm, '');
    return words.filter((word) => uses(text, word)).map((word) => `${path}: ${word}`);
  });
  assert.deepEqual(found, []);
});

test('a retired word is found as a whole', () => {
  assert.ok(uses('const place: Place = 1;', 'Place'));
  assert.ok(!uses('const replaced = PlaceHolder;', 'Place'));
});
