import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { client } from '../../../test/harness/app.ts';
import { eventually } from '../../../test/harness/eventually.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../../../test/harness/otlp.ts';
import { type HoldfastProcess, holdfast, startProcess } from '../../../test/harness/process.ts';
import { freePort, killService, startService } from '../../../test/harness/service.ts';
import { clusterProcesses, signal } from '../../kernel/database/embedded/processes.ts';
import { clusterDir } from '../../kernel/database/embedded.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = join(root, 'deploy/prometheus');
const rules = readFileSync(join(folder, 'rules.yml'), 'utf8');
const ruleTests = readFileSync(join(folder, 'rules.test.yml'), 'utf8');
const run = promisify(execFile);
const promtool = (...args: string[]) => run('promtool', args, { cwd: folder, timeout: 120_000 });

const isInstalled = (program: string) => spawnSync(program, ['--version']).status === 0;
const promtoolMissing = isInstalled('promtool')
  ? false
  : 'promtool is not installed (Debian: apt-get install prometheus)';
const prometheusMissing =
  isInstalled('prometheus') && !promtoolMissing
    ? false
    : 'prometheus is not installed (Debian: apt-get install prometheus)';

const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map((match) => match[1]!);
const summaries = [...rules.matchAll(/summary: (['"])(.*)\1$/gm)].map((match) => match[2]!);
const expressions = rules.replace(/annotations:\n.*/g, '');
interface Panel {
  type: string;
  title: string;
  targets?: { expr?: string }[];
  /** Those of a row that is folded. */
  panels?: Panel[];
}
interface Dashboard {
  panels: Panel[];
  templating?: { list: { type: string }[] };
  annotations?: { list: unknown[] };
}
const dashboards = readdirSync(join(root, 'deploy/grafana')).map((name) => ({
  name,
  dashboard: JSON.parse(readFileSync(join(root, 'deploy/grafana', name), 'utf8')) as Dashboard,
}));
const withFolded = (panels: readonly Panel[]): Panel[] =>
  panels.flatMap((panel) => [panel, ...withFolded(panel.panels ?? [])]);
const panels = dashboards.flatMap(({ name, dashboard }) =>
  withFolded(dashboard.panels).map((panel) => ({ ...panel, place: `${name}: ${panel.title}` })),
);
/** What the dashboard and the pages of docs/operating ask Prometheus. */
const queries = [
  ...panels.flatMap(({ place, targets = [] }) => targets.map(({ expr = '' }) => ({ place, expr }))),
  ...['slo', 'capacity'].flatMap((page) =>
    [...readFileSync(join(root, `docs/operating/${page}.md`), 'utf8').matchAll(/^```promql\n(.*?)^```/gms)].map(
      (match) => ({ place: page, expr: match[1]! }),
    ),
  ),
];
/** Figures of Prometheus's own aside. */
const figures = [...new Set(expressions.match(/\b(?:holdfast|process|nodejs)_\w+/g))];

test('every panel of every dashboard asks Prometheus something, and nothing else of a dashboard does', () => {
  assert.ok(panels.length > 25);
  for (const { place, type, targets = [] } of panels) {
    if (type === 'row') continue;
    assert.ok(targets.length > 0, place);
    for (const { expr } of targets) assert.ok(expr, `${place}: a query that no test runs`);
  }
  for (const { name, dashboard } of dashboards) {
    assert.deepEqual(dashboard.annotations?.list ?? [], [], name);
    assert.ok(dashboard.templating?.list.every(({ type }) => type === 'datasource') ?? true, name);
  }
});

test('each alert has a condition that raises it and one that does not, and says what to do', () => {
  assert.ok(alerts.length >= 20);
  for (const alert of alerts)
    for (const outcome of ['fires', 'stays quiet'])
      assert.ok(ruleTests.includes(`- name: ${alert} ${outcome}\n`), `${alert} ${outcome}: not tested`);
  assert.equal(summaries.length, alerts.length);
});

test('the commands that alerts name exist', async () => {
  const help = await holdfast(['--help']).catch(
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  );
  const named = summaries.flatMap((summary) =>
    [...summary.matchAll(/: holdfast ([a-z]+(?: [a-z]+)?)/g)].map((match) => match[1]!),
  );
  assert.ok(named.length >= 5);
  for (const command of named) assert.ok(help.includes(command), `holdfast ${command} is no command:\n${help}`);
});

test('the figures of the rules are in docs/operating/metrics.md', () => {
  const page = readFileSync(join(root, 'docs/operating/metrics.md'), 'utf8');
  for (const name of figures) assert.ok(page.includes(`| \`${name.replace(/_bucket$/, '')}\` |`), name);
});

test('promtool finds the rules right, and each alert as its test says', { skip: promtoolMissing }, async () => {
  await promtool('check', 'config', '--syntax-only', 'prometheus.yml');
  await promtool('check', 'rules', '--lint-fatal', 'rules.yml');
  await promtool('test', 'rules', 'rules.test.yml');
});

let dir: string;
let server: HoldfastProcess | undefined;
let prometheus: ChildProcess | undefined;
let traces: OtlpReceiver | undefined;
after(async () => {
  if (prometheus) await killService(prometheus);
  await server?.stop();
  await traces?.stop();
  // Whoever is stopped late may write until then.
  if (dir) await rm(dir, { recursive: true, force: true, maxRetries: 20 });
});

/** One that has been backed up, and whose backup is proven. */
async function startProven(token: string): Promise<HoldfastProcess> {
  const backups = join(dir, 'backups');
  const started = await startProcess(['--empty', '--data', join(dir, 'data')], {
    BACKUP_DIR: backups,
    METRICS_TOKEN: token,
    OTEL_EXPORTER_OTLP_ENDPOINT: traces!.url,
    // A look of theirs before the first backup would be shown for five minutes. Here Prometheus has the rules.
    ALERTS_EVERY_SECONDS: '0',
  });
  await eventually(async () => {
    const installation = (await readdir(backups).catch(() => [])).find((name) => /^\d+$/.test(name));
    const proofs = installation ? await readdir(join(backups, installation, 'proof')).catch(() => []) : [];
    return proofs.length > 0;
  }, 180_000);
  return started;
}

async function startPrometheus(target: string, token: string): Promise<string> {
  const own = join(dir, 'prometheus');
  cpSync(folder, own, { recursive: true });
  await writeFile(join(own, 'token'), token);
  const config = (await readFile(join(own, 'prometheus.yml'), 'utf8'))
    .replace('/etc/prometheus/holdfast_token', join(own, 'token'))
    .replace('localhost:3000', target)
    .replaceAll(/(interval|timeout): \d+s/g, '$1: 1s');
  await writeFile(join(own, 'prometheus.yml'), config);
  // Nobody has to wait until something has been wrong for long enough.
  await writeFile(join(own, 'rules.yml'), rules.replaceAll(/^( +(?:keep_firing_)?for:) .*$/gm, '$1 0s'));
  await run('promtool', ['check', 'config', join(own, 'prometheus.yml')]);
  const address = `127.0.0.1:${await freePort()}`;
  prometheus = await startService({
    command: 'prometheus',
    args: [
      `--config.file=${join(own, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(own, 'data')}`,
      `--web.listen-address=${address}`,
      '--enable-feature=exemplar-storage',
    ],
    isUp: async () => (await fetch(`http://${address}/-/ready`)).ok,
  });
  return `http://${address}`;
}

test('a real Prometheus gets every figure of the rules from a real Holdfast, and no alert', {
  skip: prometheusMissing,
}, async () => {
  const token = 'a-token-for-prometheus';
  dir = await mkdtemp(join(tmpdir(), 'holdfast-prometheus-'));
  traces = await startOtlpReceiver();
  server = await startProven(token);
  const url = await startPrometheus(new URL(server.url).host, token);
  // Answered and refused, so that there is something to count.
  await client(server.url)('POST', '/api/v1/sign-in', {});
  const query = async (expression: string): Promise<{ value: [number, string] }[]> => {
    const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expression })}`);
    const body = (await answer.json()) as { error?: string; data: { result: { value: [number, string] }[] } };
    assert.equal(body.error, undefined, expression);
    return body.data.result;
  };
  const number = async (expression: string) => Number((await query(expression))[0]?.value[1]);
  // The embedded database's role may not read how far replicas are behind, and no server of this configuration has a
  // certificate.
  const absent = ['holdfast_replication_lag_seconds', 'holdfast_certificate_valid_until_timestamp_seconds'];
  for (const name of ['up', ...figures.filter((figure) => !absent.includes(figure))])
    await eventually(async () => (await query(name)).length > 0).catch(() => assert.fail(`Prometheus has no ${name}`));
  for (const name of absent) {
    const metadata = await (await fetch(`${url}/api/v1/metadata?metric=${name}`)).json();
    assert.ok((metadata as { data: Record<string, unknown> }).data[name], `Prometheus does not know ${name}`);
  }
  // Nothing waits for the log store, and the first whole five minutes have not passed.
  const emptyNow = /holdfast_log_waiting|\[30d:5m\]/;
  assert.ok(queries.length > 30);
  for (const { place, expr } of queries.filter(({ expr }) => !emptyNow.test(expr)))
    await eventually(async () => (await query(expr)).length > 0).catch(() =>
      assert.fail(`${place}: Prometheus has nothing for ${expr}`),
    );
  for (const { expr } of queries.filter(({ expr }) => emptyNow.test(expr))) await query(expr);
  const exemplars = await eventually(async () => {
    const asked = {
      query: 'holdfast_http_request_duration_seconds_bucket',
      start: '0',
      end: String(Date.now() / 1000 + 60),
    };
    const answer = await fetch(`${url}/api/v1/query_exemplars?${new URLSearchParams(asked)}`);
    const { data } = (await answer.json()) as {
      data: { seriesLabels: Record<string, string>; exemplars: { labels: { trace_id: string } }[] }[];
    };
    const found = data.filter(({ seriesLabels }) => seriesLabels.route === '/api/v1/sign-in');
    return found.length > 0 && found.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels.trace_id));
  });
  for (const id of exemplars)
    await eventually(async () =>
      traces!.spans().some(({ traceId, name }) => traceId === id && name === 'POST /api/v1/sign-in'),
    );
  assert.ok((await number('sum(holdfast_trace_spans_sent_total)')) > 0);
  assert.equal(await number('holdfast_backup_last_proof_passed'), 1);
  const age = await number('time() - holdfast_backup_newest_timestamp_seconds');
  assert.ok(age >= 0 && age < 600, `the backup is ${age} s old`);
  assert.ok((await number('time() - holdfast_backup_proven_timestamp_seconds')) < 600);
  const recovery = await number('holdfast_backup_recovery_seconds');
  assert.ok(recovery > 0 && recovery < 300, `back in ${recovery} s`);
  assert.ok((await number('holdfast_replication_slot_lag_bytes{kind="backup"}')) >= 0);
  assert.equal(await number('min(holdfast_up)'), 1);
  const { data } = (await (await fetch(`${url}/api/v1/rules`)).json()) as {
    data: { groups: { rules: { name: string; health: string; lastError?: string; state: string }[] }[] };
  };
  const evaluated = data.groups.flatMap((group) => group.rules);
  assert.equal(evaluated.length, alerts.length);
  assert.deepEqual(
    evaluated.filter(({ health }) => health === 'err').map(({ name, lastError }) => `${name}: ${lastError}`),
    [],
  );

  // The two that only Prometheus can see, each by what it is about.
  const firing = async (alert: string) => (await query(`ALERTS{alertname="${alert}", alertstate="firing"}`)).length;
  const databaseProcesses = clusterProcesses(clusterDir(join(dir, 'data')));
  assert.deepEqual([await firing('HoldfastDatabaseAway'), await firing('HoldfastDown')], [0, 0]);
  signal(databaseProcesses, 'SIGSTOP');
  try {
    await eventually(async () => (await firing('HoldfastDatabaseAway')) === 1);
  } finally {
    signal(databaseProcesses, 'SIGCONT');
  }
  await eventually(async () => (await firing('HoldfastDatabaseAway')) === 0);
  const settings = { METRICS_TOKEN: token, BACKUP_DIR: join(dir, 'backups'), ALERTS_EVERY_SECONDS: '0' };
  const { port } = new URL(server.url);
  await server.stop();
  await eventually(async () => (await firing('HoldfastDown')) === 1);
  server = await startProcess(['--empty', '--data', join(dir, 'data'), '--port', port], settings);
  await eventually(async () => (await firing('HoldfastDown')) === 0);
});
