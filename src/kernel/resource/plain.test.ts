import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { sql } from '../database/database.ts';
import { plainSql } from './plain.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

test('formatted text in a line: blocks part words, formatting within a word does not, and entities are what they stand for', async () => {
  for (const [html, plain] of [
    ['<p>is this <b>R&amp;D</b>?</p><p>Yes</p>', 'is this R&D? Yes'],
    ['<ul><li>one</li><li><em>t</em>wo</li></ul>', 'one two'],
    ['<blockquote>a</blockquote><pre>b\n c</pre>d<br>e', 'a b c d e'],
    [
      '<p><a href="https://x.example" rel="nofollow">here</a>, &lt;b&gt; &amp;lt; &quot;q&quot;</p>',
      'here, <b> &lt; "q"',
    ],
  ] as const) {
    const [row] = await app.app.services.db.call<{ plain: string }>(
      sql`select ${plainSql(sql`${html}::text`)} as plain`,
    );
    assert.equal(row!.plain, plain);
  }
});
