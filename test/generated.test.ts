import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { actions, presetRoles, rightNames, scopeOf } from '../src/kernel/access/rights.ts';
import { policiesSql, rulesSql } from '../src/kernel/access/rules-sql.ts';
import { settings } from '../src/kernel/config/settings.ts';
import { definedResources } from '../src/kernel/contract/resource.ts';
import { describeSchema } from '../src/kernel/database/schema.ts';
import { ofEveryRoute } from '../src/kernel/openapi/openapi.ts';
import { recordTypesSql } from '../src/kernel/record-type/routines-sql.ts';
import { countriesSql } from '../src/kernel/resource/countries-sql.ts';
import { recordTriggersSql } from '../src/kernel/resource/record-triggers.ts';
import {
  favouriteTypes,
  records,
  recordTypes,
  tableRules,
  trashable,
  undoableResources,
} from '../src/modules/index.ts';
import { prometheusRules } from '../src/operations/alerts/prometheus.ts';
import { favouritesSql } from '../src/platform/favourite/favourite-sql.ts';
import { searchSql } from '../src/platform/search/search-sql.ts';
import { textsSql } from '../src/platform/search/texts-sql.ts';
import { subjectsSql } from '../src/platform/subject-sql.ts';
import { client, startTestApp, type TestApp } from './harness/app.ts';

/** Files made from the code and committed, so that a change of them shows in review. `npm run generate` writes them. */
const writing = process.env.HOLDFAST_GENERATE === 'true';

/** Not of those that tests have. */
const ofProgram = definedResources().filter(({ table }) => tableRules.some((rule) => rule.table === table));
const routines = [
  ['db/routines/rules.sql', rulesSql(tableRules)],
  ['db/routines/countries.sql', countriesSql()],
  ['db/routines/policies.sql', policiesSql(tableRules)],
  ['db/routines/record-types.sql', recordTypesSql(recordTypes, trashable)],
  ['db/routines/search-records.sql', searchSql(recordTypes)],
  ['db/routines/search-texts.sql', textsSql(recordTypes)],
  ['db/routines/subjects.sql', subjectsSql(records)],
  ['db/routines/favourites.sql', favouritesSql(favouriteTypes, undoableResources)],
  ['db/routines/record-triggers.sql', recordTriggersSql(ofProgram)],
] as const;

let app: TestApp;
before(async () => {
  // The database of the tests is made of them.
  if (writing) for (const [path, content] of routines) committed(path, content);
  app = await startTestApp();
});
after(() => app.stop());

function committed(path: string, content: string): void {
  const file = new URL(`../${path}`, import.meta.url);
  if (writing) writeFileSync(file, content);
  const stored = existsSync(file) ? readFileSync(file, 'utf8') : '';
  assert.equal(stored, content, `${path} is stale: run "npm run generate" and look at what changed`);
}

for (const [path, content] of routines) test(`${path} is what the code declares`, () => committed(path, content));

test('generated/schema.sql is what migrations and routines make', async () => {
  committed('generated/schema.sql', await describeSchema(app.database.ownerUrl));
});

test('generated/openapi.json is what the contracts say', async () => {
  const { body } = await app.client()('GET', '/api/openapi.json');
  committed('generated/openapi.json', `${JSON.stringify(body, null, 1)}\n`);
});

test('the API documents name If-Match and Idempotency-Key where they count, and nowhere else', () => {
  const wrong: string[] = [];
  for (const definition of app.app.routes) {
    const { method, path, transaction, heedsIfMatch = false } = definition;
    const handler = 'prepare' in definition ? definition.prepare : definition.handler;
    const named = ofEveryRoute(definition).map(({ name }) => name);
    if (/\bifMatch\b/.test(String(handler)) !== heedsIfMatch) wrong.push(`${method} ${path}: heedsIfMatch`);
    if (named.includes('If-Match') !== heedsIfMatch) wrong.push(`${method} ${path}: If-Match`);
    const isKept = transaction !== false && (method === 'POST' || method === 'PATCH');
    if (named.includes('Idempotency-Key') !== isKept) wrong.push(`${method} ${path}: Idempotency-Key`);
  }
  assert.deepEqual(wrong, []);
});

test('generated/roles-and-routes.md is who may call what', () => {
  const routes = app.app.routes;
  const roles = presetRoles();
  const names = roles.map((role) => role.key);
  const rows = routes
    .map(({ method, path, access }) => {
      const cells = roles.map((role) =>
        typeof access === 'string' ? access : scopeOf(role.rights, access.resource, access.action),
      );
      return `| ${method} ${path} | ${cells.join(' | ')} |`;
    })
    .sort();
  const heading = `| route | ${names.join(' | ')} |\n|${' --- |'.repeat(names.length + 1)}`;
  committed(
    'generated/roles-and-routes.md',
    `# Who may call what\n\nFrom the routes and the preset roles: ${rightNames().length} resources, ${actions.join(', ')}.\n\n${heading}\n${rows.join('\n')}\n`,
  );
});

/** A table in a page that people write. */
function committedWithin(path: string, mark: string, table: string): void {
  const page = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
  const [begin, end] = [`<!-- ${mark}: npm run generate -->`, `<!-- /${mark} -->`];
  const [before, rest] = page.split(begin);
  committed(path, `${before}${begin}\n\n${table}\n\n${end}${rest!.split(end)[1]}`);
}

test('deploy/prometheus/rules.yml states the built-in rules', () =>
  committed('deploy/prometheus/rules.yml', prometheusRules()));

test('docs/operating/metrics.md lists what /metrics exposes, and the alerts', async () => {
  const METRICS_TOKEN = 'a-token-for-prometheus';
  // Nobody listens there: it is for the figures of traces.
  const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:9';
  const { address } = await app.secondNode({ METRICS_TOKEN, OTEL_EXPORTER_OTLP_ENDPOINT, HOLDFAST_ROLE: 'web' });
  const { body } = await client(address!, METRICS_TOKEN)('GET', '/metrics');
  const described = [...(body as string).matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\w+)$/gm)];
  const figures = described.map(([, name, help, type]) => `| \`${name}\` | ${type} | ${help} |`).sort();
  committedWithin(
    'docs/operating/metrics.md',
    'figures',
    `| figure | type | what it is |\n| --- | --- | --- |\n${figures.join('\n')}`,
  );
  const rules = readFileSync(new URL('../deploy/prometheus/rules.yml', import.meta.url), 'utf8');
  const alerts = rules
    .split('- alert: ')
    .slice(1)
    .map((rule) => {
      const [, expression] = /expr: (?:\|\n)?([\s\S]*?)\n {8}(?:for|keep_firing_for|labels):/.exec(rule)!;
      const [, severity] = /severity: (\w+)/.exec(rule)!;
      const lasts = / for: (\w+)/.exec(rule)?.[1] ?? '';
      return `| ${/^\w+/.exec(rule)![0]} | ${severity} | \`${expression!.replaceAll(/\s+/g, ' ').trim()}\` | ${lasts} |`;
    });
  committedWithin(
    'docs/operating/metrics.md',
    'alerts',
    `| alert | severity | when | for |\n| --- | --- | --- | --- |\n${alerts.join('\n')}`,
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
    `# Configuration

What is set where:

1. Flags: \`--port\`, \`--data\`, \`--role\`, \`--empty\`.
2. The environment, and systemd credentials.
3. The **settings file**, \`settings.env\` in the data directory, which the service and every command of any shell read at their start, so that \`holdfast doctor\`, \`backup …\` and \`config\`
   tell of the installation. It takes every setting but \`HOLDFAST_DATA\`, as systemd's \`EnvironmentFile=\` does: \`NAME=VALUE\`, a line each, \`#\` before a comment, quotes round a value where wanted. Only its
   owner (the user that Holdfast runs as, or root) may write it, and read it if there are secrets in it: \`chmod 600\`. What is wrong in it stops the start and is named with its line. It is in no backup.

What stands further up wins; an empty variable is none. \`holdfast config\` prints each setting with where its value came from, as do the service's under Settings, Installation.

A setting that holds a secret may also come from
a file: set its name with \`_FILE\`, such as \`HOLDFAST_KEY_FILE\`, or as a systemd credential of its name in lower case,
such as \`holdfast_key\` in \`$CREDENTIALS_DIRECTORY\`. Such files are read again every two
seconds, so that a changed secret needs no restart. Or its value names a secret of Vault (\`vault:secret/data/holdfast#smtp_url\`) or of AWS Secrets Manager
(\`aws-sm:NAME#KEY\`): docs/operating/keys.md. Certificates of stores, mail servers, Vault and the like that a CA of your own signed are trusted once the variable
\`NODE_EXTRA_CA_CERTS\` names its file (PEM) for every process; it is read at the start. What is missing or half set stops the start with a message that says what to do.

| setting | what it is | default |\n| --- | --- | --- |\n${rows.join('\n')}\n`,
  );
});
