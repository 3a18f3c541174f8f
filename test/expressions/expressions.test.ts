import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { growthOf } from './check.ts';
import { type Expression, expressionsIn, expressionsOfProgram } from './find.ts';
import { bounded, composedExamples } from './reviewed.ts';

/*
 * No text that somebody sends may stop the program: the time of each regular expression grows with the text, not with
 * its square. Checking one takes seconds, so linear.json has those that were found to be linear;
 * `HOLDFAST_GENERATE=true npm run test:some -- test/expressions` checks the new ones at leisure and writes it. One that
 * is not linear is written otherwise, or bounded, and then stands in reviewed.ts.
 */

const isGenerating = process.env.HOLDFAST_GENERATE === 'true';
const check_ms_max = isGenerating ? 120_000 : 20_000;
const list = join(import.meta.dirname, 'linear.json');
const known = new Set<string>(JSON.parse(readFileSync(list, 'utf8')));

const keyOf = ({ pattern, flags }: Pick<Expression, 'pattern' | 'flags'>) => `/${pattern}/${flags}`;
const found = expressionsOfProgram();

test('each regular expression of the program is linear, or runs on bounded text', () => {
  const linear = new Set<string>();
  const troubles: string[] = [];
  for (const each of found.expressions) {
    const key = keyOf(each);
    if (linear.has(key) || bounded.some(({ file, pattern }) => file === each.file && pattern === each.pattern))
      continue;
    const growth = known.has(key) ? undefined : growthOf(each, check_ms_max);
    if (growth === undefined) linear.add(key);
    else troubles.push(`${each.file}:${each.line} ${key}: ${growth}`);
  }
  if (isGenerating) writeFileSync(list, `${JSON.stringify([...linear].sort(), null, 2)}\n`);
  assert.deepEqual(troubles, []);
});

test('so is each that is put together while the program runs', () => {
  const unknown = found.composed.filter(
    ({ file, written }) => !composedExamples.some((each) => each.file === file && each.written === written),
  );
  assert.deepEqual(unknown, [], 'Give an example of it in reviewed.ts');
  const growing = composedExamples.filter(({ example: { source, flags }, bound }) => {
    const each = { pattern: source, flags };
    return !bound && !known.has(keyOf(each)) && growthOf(each, check_ms_max);
  });
  assert.deepEqual(growing, []);
});

test('what is listed as reviewed is still there', () => {
  const gone = bounded.filter(
    (each) => !found.expressions.some(({ file, pattern }) => file === each.file && pattern === each.pattern),
  );
  const goneExamples = composedExamples.filter(
    (each) => !found.composed.some(({ file, written }) => file === each.file && written === each.written),
  );
  assert.deepEqual([gone, goneExamples], [[], []]);
});

test('an expression that is quadratic is found, however it is written', () => {
  const text = String.raw`
    const space = '\\s';
    const any = /.*?/;
    words(text.replace(/[([].*?[)\]]/g, ' ').replace(new RegExp('[([].*?[)\\]]', 'g')));
    const trailing = new RegExp(${'`'}${'$'}{space}+$${'`'});
    const exponential = RegExp(String.raw${'`'}^(?:${'$'}{any.source})*x$${'`'});
    const linear = /[([][^()[\]]*[)\]]/g;
    const unknown = new RegExp(given);
  `;
  const { expressions, composed } = expressionsIn('fixture.ts', text);
  assert.deepEqual(
    expressions.map((each) => [keyOf(each), growthOf(each, check_ms_max) !== undefined]),
    [
      ['/.*?/', false],
      [String.raw`/[([].*?[)\]]/g`, true],
      [String.raw`/[([].*?[)\]]/g`, true],
      [String.raw`/\s+$/`, true],
      ['/^(?:.*?)*x$/', true],
      [String.raw`/[([][^()[\]]*[)\]]/g`, false],
    ],
  );
  assert.deepEqual(composed.map(({ written }) => written), ['given']); // biome-ignore format: one line
});
