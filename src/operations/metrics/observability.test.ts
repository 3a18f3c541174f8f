import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { loadConfig } from '../../kernel/config/config.ts';
import { settings } from '../../kernel/config/settings.ts';
import { lineOf, textOf } from '../../kernel/logs/line.ts';
import { SensitiveNames } from '../../kernel/logs/redact.ts';
import { otlpTarget } from '../../kernel/tracing/settings.ts';

const root = resolve(import.meta.dirname, '../../..');
const read = (name: string) => readFileSync(resolve(root, name), 'utf8');
const folder = 'deploy/observability';

interface Service {
  image?: string;
  environment?: Record<string, string>;
  volumes?: string[];
  secrets?: string[];
  networks?: string[];
  mem_limit?: string;
}
interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  secrets: Record<string, unknown>;
  networks: Record<string, unknown>;
}
interface DataSource {
  uid: string;
  type: string;
  url: string;
  jsonData: {
    exemplarTraceIdDestinations?: { name: string; datasourceUid: string }[];
    derivedFields?: { matcherRegex: string; datasourceUid: string }[];
    tracesToLogsV2?: { datasourceUid: string; query: string };
  };
}

const compose = parse(read('compose.yaml'), { merge: true }) as Compose;
const beside = parse(read(`${folder}/compose.yaml`), { merge: true }) as Compose;
const { datasources } = parse(read(`${folder}/datasources.yml`)) as { datasources: DataSource[] };
const [prometheus, loki, tempo] = ['prometheus', 'loki', 'tempo'].map(
  (type) => datasources.find((each) => each.type === type)!,
);

const trace_id = '4bf92f3577b34da6a3ce929d0e0e4736';
const request_id = '01a21019-84db-7000-9aa6-b6a9a08756be';
const tenant = '01a21019-840a-7f45-8940-761dcea1a5e6';
const written = {
  level: 50,
  time: new Date().toISOString(),
  tenant,
  route: 'GET /api/v1/x',
  request_id,
  trace_id,
  msg: 'A line',
};
/** As a container writes it to stdout. */
const line = textOf(lineOf(JSON.stringify(written), new SensitiveNames(), 'web@x:1'), 1);

test('the services beside compose.yaml have pinned versions, limits, and files that exist', () => {
  for (const [name, service] of Object.entries(beside.services)) {
    if (compose.services[name]) continue;
    assert.match(service.image!, /:v?\d+\.\d+\.\d+$/, name);
    assert.ok(service.mem_limit, name);
    for (const secret of service.secrets ?? []) assert.ok(beside.secrets[secret], `${name}: ${secret}`);
    for (const network of service.networks ?? []) assert.ok(network in compose.networks, `${name}: ${network}`);
    for (const source of (service.volumes ?? []).map((volume) => volume.split(':')[0]!)) {
      const isThere = source.startsWith('./') ? existsSync(resolve(root, source)) : source in beside.volumes;
      assert.ok(isThere || source === '/var/run/docker.sock', `${name}: ${source}`);
    }
  }
});

test('what it sets of Holdfast is taken, and leads to services that are there', () => {
  for (const name of ['web-1', 'web-2', 'worker']) {
    const { environment } = beside.services[name]!;
    assert.ok(
      Object.keys(environment!).every((setting) => setting in settings),
      name,
    );
    // As compose fills them in, where nothing is set.
    const values = Object.fromEntries(
      Object.entries(environment!).map(([key, value]) => [key, value.replace(/\$\{\w+:-([^}]*)\}/, '$1')]),
    );
    const config = loadConfig([], { ...values, ALLOW_PLAINTEXT: compose.services[name]!.environment!.ALLOW_PLAINTEXT });
    const target = otlpTarget(config);
    assert.ok('url' in target, JSON.stringify(target));
    const { hostname, port, pathname } = new URL(target.url);
    assert.deepEqual([hostname, port, pathname], ['tempo', '4318', '/v1/traces']);
    const shown = new URL(config.TRACE_URL_TEMPLATE!.replace('{trace_id}', trace_id));
    const { t: pane } = JSON.parse(shown.searchParams.get('panes')!);
    assert.deepEqual([pane.datasource, pane.queries[0].query], [tempo!.uid, trace_id]);
  }
  const receivers = parse(read(`${folder}/tempo.yml`)).distributor.receivers;
  assert.match(receivers.otlp.protocols.http.endpoint, /:4318$/);
  for (const { url } of datasources) {
    const { hostname } = new URL(url);
    assert.ok(hostname in beside.services || hostname in compose.services, url);
  }
});

test('figures lead to traces, lines to traces, and traces to lines', () => {
  assert.deepEqual(prometheus!.jsonData.exemplarTraceIdDestinations, [{ name: 'trace_id', datasourceUid: tempo!.uid }]);
  const [field] = loki!.jsonData.derivedFields!;
  assert.equal(new RegExp(field!.matcherRegex).exec(line)?.[1], trace_id, line);
  assert.equal(field!.datasourceUid, tempo!.uid);
  assert.equal(tempo!.jsonData.tracesToLogsV2!.datasourceUid, loki!.uid);
  const alloy = read(`${folder}/config.alloy`);
  assert.match(tempo!.jsonData.tracesToLogsV2!.query, /\| trace_id = /);
  assert.match(alloy, /stage\.structured_metadata \{\s+values = \{ trace_id = "", /);
  const expressions = /stage\.json \{\s+expressions = \{([^}]*)\}/.exec(alloy)![1]!;
  const asked = [...expressions.matchAll(/= "(\w+)"/g)].map(([, name]) => name!);
  assert.ok(asked.length >= 5);
  for (const name of asked) assert.ok(name in JSON.parse(line), `${name} is in no line: ${line}`);
});

test('lines are read of the containers of this project alone', () => {
  const rule =
    /rule \{\s+source_labels = \[([^\]]*)\][^}]*regex\s+= sys\.env\("(\w+)"\) \+ "([^"]*)"\s+action\s+= "keep"/;
  const [, labels, setting, services] = rule.exec(read(`${folder}/config.alloy`))!;
  assert.match(labels!, /compose_project",\s+"\w+compose_service"/);
  assert.equal(beside.services.alloy!.environment![setting!], `\${${setting}}`);
  const regex = new RegExp(`^(?:holdfast${services})$`);
  for (const [line, isOurs] of [
    ['holdfast;web-1', true],
    ['holdfast;worker', true],
    ['holdfast;database', false],
    ['holdfast-staging;web-1', false],
    ['shop;worker', false],
  ] as const)
    assert.equal(regex.test(line), isOurs, line);
});
