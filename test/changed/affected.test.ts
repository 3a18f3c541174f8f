import assert from 'node:assert/strict';
import { test } from 'node:test';
import { affectedTests } from './affected.ts';

const files = Object.entries({
  'src/app.ts': `import './modules/index.ts';`,
  'src/modules/index.ts': `import './d/tag/routes.ts'; import './d/note/routes.ts';`,
  'src/kernel/money.ts': '',
  'src/modules/d/tag/routes.ts': `import { money } from '../../../kernel/money.ts';`,
  'src/modules/d/tag/tag.test.ts': `import { startTestApp } from '../../../../test/harness/app.ts';`,
  'src/modules/d/note/routes.ts': '',
  'src/modules/d/note/note.test.ts': `import { startTestApp } from '../../../../test/harness/app.ts';`,
  'test/harness/app.ts': `import { startApp } from '../../src/app.ts';`,
  'test/e2e/tags.test.ts': `import { setUp } from './browser.ts';`,
  'test/e2e/browser.ts': `import { startTestApp } from '../harness/app.ts';`,
  'test/boundaries/boundaries.test.ts': '',
}).map(([path, text]) => ({ path, text }));
const tag = 'src/modules/d/tag/tag.test.ts';
const note = 'src/modules/d/note/note.test.ts';
const boundaries = 'test/boundaries/boundaries.test.ts';

test('a test is affected by what lies beside it and what that imports, though it starts the whole program', () => {
  for (const [changed, expected] of [
    ['src/modules/d/tag/routes.ts', [tag, boundaries]],
    ['src/modules/d/note/routes.ts', [note, boundaries]],
    ['src/kernel/money.ts', [tag, boundaries]],
    [note, [note, boundaries]],
    ['src/modules/d/tag/mails/tag.txt', [tag, boundaries]],
    ['test/e2e/browser.ts', ['test/e2e/tags.test.ts', boundaries]],
    ['README.md', [boundaries]],
  ] as const)
    assert.deepEqual(affectedTests(files, [changed]), expected, changed);
});

test('what all build on affects all but the browser’s', () => {
  for (const changed of ['db/routines/access.sql', 'src/app.ts', 'test/harness/app.ts', 'package.json'])
    assert.deepEqual(affectedTests(files, [changed]), [tag, note, boundaries], changed);
});
