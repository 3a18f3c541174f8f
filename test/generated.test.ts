import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { allRoutes } from '../src/app.ts';
import { actions, presetRoles, resources, scopeOf } from '../src/kernel/access/rights.ts';
import { settings } from '../src/kernel/config/config.ts';
import { describeSchema } from '../src/kernel/database/schema.ts';
import { startTestApp, type TestApp } from './harness/app.ts';

/** Files made from the code and committed, so that a change of them shows in review. `npm run generate` writes them. */
const writing = process.env.HOLDFAST_GENERATE === 'true';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

function committed(path: string, content: string): void {
  const file = new URL(`../${path}`, import.meta.url);
  if (writing) writeFileSync(file, content);
  const stored = existsSync(file) ? readFileSync(file, 'utf8') : '';
  assert.equal(stored, content, `${path} is stale: run "npm run generate" and look at what changed`);
}

test('generated/schema.sql is what migrations and routines make', async () => {
  committed('generated/schema.sql', await describeSchema(app.database.ownerUrl));
});

test('generated/openapi.json is what the contracts say', async () => {
  const { body } = await app.client()('GET', '/api/openapi.json');
  committed('generated/openapi.json', `${JSON.stringify(body, null, 1)}\n`);
});

test('generated/roles-and-routes.md is who may call what', () => {
  const routes = allRoutes(app.app.services);
  const names = presetRoles.map((role) => role.key);
  const rows = routes
    .map(({ method, path, access }) => {
      const cells = presetRoles.map((role) =>
        typeof access === 'string' ? access : scopeOf(role.rights, access.resource, access.action),
      );
      return `| ${method} ${path} | ${cells.join(' | ')} |`;
    })
    .sort();
  const heading = `| route | ${names.join(' | ')} |\n|${' --- |'.repeat(names.length + 1)}`;
  committed(
    'generated/roles-and-routes.md',
    `# Who may call what\n\nFrom the routes and the preset roles (\`src/kernel/access/rights.ts\`): ${resources.length} resources, ${actions.join(', ')}.\n\n${heading}\n${rows.join('\n')}\n`,
  );
});

test('docs/configuration.md names every setting', () => {
  const rows = Object.entries(settings).map(([name, schema]) => {
    const result = schema.safeParse(undefined);
    const fallback = result.success ? String(result.data ?? '') : '';
    return `| \`${name}\` | ${schema.description} | ${fallback && `\`${fallback}\``} |`;
  });
  committed(
    'docs/configuration.md',
    `# Configuration\n\nEverything is set in the environment; \`--port\`, \`--data\`, \`--role\` and \`--empty\` are flags too. A setting that holds a secret may also come from
a file: set its name with \`_FILE\`, such as \`HOLDFAST_KEY_FILE\`. Such files are read again\nevery two seconds, so that a changed secret needs no restart. What is missing or half set stops the start with a message that says what to do.\n\n| setting | what it is | default |\n| --- | --- | --- |\n${rows.join('\n')}\n`,
  );
});
