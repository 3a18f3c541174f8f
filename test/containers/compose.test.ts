import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { secretSettings, settings } from '../../src/kernel/config/settings.ts';
import { Database } from '../../src/kernel/database/database.ts';

interface Service {
  image: string;
  hostname?: string;
  command?: string[];
  environment?: Record<string, string>;
  secrets?: string[];
  volumes?: string[];
  networks?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { disable?: boolean };
  mem_limit?: string;
  read_only?: boolean;
}

interface Compose {
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
  networks: object;
  volumes: object;
}

const root = resolve(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(resolve(root, name), 'utf8');
const customTags = [
  { tag: '!override', collection: 'seq' as const },
  { tag: '!override', collection: 'map' as const },
];
const compose = parse(read('compose.yaml'), { merge: true }) as Compose;
const staging = parse(read('compose.staging.yaml'), { merge: true, customTags }) as Compose;
const ours = ['migrate', 'web-1', 'web-2', 'worker'];
const known = new Set<string>([...Object.keys(settings), ...secretSettings.map((name) => `${name}_FILE`)]);

test('compose.yaml names services, secrets, networks, volumes and files that exist, in pinned versions', () => {
  for (const [name, service] of Object.entries(compose.services)) {
    assert.match(service.image, /:(v?\d+\.\d+\.\d+|\d+\.\d+)(-\w+)?$|^holdfast:\$/, name);
    assert.ok(service.mem_limit, `${name} has a limit of memory`);
    for (const secret of service.secrets ?? []) assert.ok(compose.secrets[secret], `${name}: ${secret}`);
    for (const network of service.networks ?? []) assert.ok(network in compose.networks, `${name}: ${network}`);
    for (const [source] of (service.volumes ?? []).map((volume) => volume.split(':') as [string])) {
      const isThere = source.startsWith('./') ? existsSync(resolve(root, source)) : source in compose.volumes;
      assert.ok(isThere, `${name}: ${source}`);
    }
    for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
      assert.ok(compose.services[needed], `${name} needs ${needed}`);
      // The image of Holdfast has a health check of its own.
      const hasCheck = compose.services[needed]!.healthcheck?.disable !== true;
      if (condition === 'service_healthy')
        assert.ok(
          hasCheck && (ours.includes(needed) || compose.services[needed]!.healthcheck),
          `${needed} has a check`,
        );
    }
  }
});

test('what compose files set are settings of Holdfast, and secrets come from mounted files', () => {
  for (const name of ours) {
    const { environment = {}, secrets = [], read_only } = compose.services[name]!;
    const all = { ...environment, ...staging.services[name]!.environment };
    assert.deepEqual(
      Object.keys(all).filter((setting) => !known.has(setting)),
      [],
      name,
    );
    assert.ok(read_only, `${name} writes to volumes alone`);
    for (const [setting, value] of Object.entries(environment))
      if (setting.endsWith('_FILE'))
        assert.ok(secrets.includes(value.replace('/run/secrets/', '')), `${name}: ${value}`);
  }
  for (const name of Object.keys(staging.services)) assert.ok(compose.services[name], `staging: ${name}`);
  assert.deepEqual(Object.keys(staging.secrets), Object.keys(compose.secrets), 'staging has secrets of its own');
});

test('a process has the same name after each upgrade: by it, samples of its disk and alerts are told apart', () => {
  for (const name of ours.filter((each) => each !== 'migrate')) assert.equal(compose.services[name]!.hostname, name);
});

test('every setting that the page on installing names reaches the worker, and staging has no backup store of production', () => {
  const { environment = {} } = compose.services.worker!;
  const page = read('docs/operating/install.md');
  const named = Object.keys(settings).filter((name) => new RegExp(`\\b${name}\\b`).test(page));
  assert.ok(named.includes('BACKUP_S3_BUCKET') && named.includes('BACKUP_PROOF_DATABASE_URL'));
  const reached = new Set(Object.keys(environment).map((name) => name.replace(/_FILE$/, '')));
  assert.deepEqual(
    named.filter((name) => !reached.has(name)),
    [],
  );
  const stores = Object.keys(environment).filter((name) => /^BACKUP_(DIR|S3|PROOF)/.test(name));
  for (const name of stores) assert.equal(staging.services.worker!.environment![name], '', name);
  // Without capabilities root may neither read nor give away what belongs to others.
  assert.doesNotMatch(page, /--user root/);
});

test('PostgreSQL takes the connections that all processes may have at once, and those of backups and commands', async () => {
  // For figures, for the log, for error reports, and for notifications.
  const beside = 4;
  const most = async (connectionsMax: number) => {
    const db = new Database({
      url: 'postgresql://holdfast@database:5432/holdfast',
      connectionsMax,
      statementTimeoutMs: 0,
      applicationName: 'test',
    });
    const sum = db.load().reduce((total, { max }) => total + max, beside);
    await db.close();
    return sum;
  };
  for (const connectionsMax of [10, 20, 50]) {
    const told = Math.floor((connectionsMax * 4) / 3) + 14;
    assert.equal(await most(connectionsMax), told, 'docs/operating/capacity.md: a third more, and fourteen');
  }
  const processes = ours.filter((name) => name !== 'migrate');
  let needed = 20;
  for (const name of processes)
    needed += await most(Number(compose.services[name]!.environment!.DATABASE_CONNECTIONS_MAX));
  const [, limit] = /max_connections=(\d+)/.exec(compose.services.database!.command!.join(' ')) ?? [];
  assert.ok(Number(limit) >= needed, `${limit} of ${needed}`);
});

test('the image is built as the version that package.json has', () => {
  const { version } = JSON.parse(read('package.json')) as { version: string };
  assert.ok(read('Dockerfile').includes(`ARG VERSION=${version}\n`));
  assert.equal(compose.services.migrate!.image, `holdfast:\${HOLDFAST_VERSION:-${version}}`);
});
