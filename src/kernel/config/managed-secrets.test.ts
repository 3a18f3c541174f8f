import assert from 'node:assert/strict';
import { type ChildProcess, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { eventually } from '../../../test/harness/eventually.ts';
import { startProcess } from '../../../test/harness/process.ts';
import { freePort, killService, startService } from '../../../test/harness/service.ts';
import { startVault, type VaultServer, writeSecret } from '../../../test/harness/vault-server.ts';
import { runCommandLine } from '../../cli/command-line.ts';
import { settingsFinding } from '../../operations/health/findings.ts';
import { followSecrets, openKeyRing } from '../../secrets.ts';
import { readMasterKeys } from '../installation.ts';
import { createLog } from '../logs/log.ts';
import type { Services } from '../services.ts';
import { loadConfig, loadManagerConfig } from './config.ts';
import { ManagedSecrets } from './managed-secrets.ts';
import { openConfig } from './open.ts';

const [first, second, third] = ['first', 'second', 'third'].map((name) => `${name}-token-of-metrics-0123456789`);

let vault: VaultServer;
let folder: string;
let env: Record<string, string>;
before(async () => {
  vault = await startVault();
  folder = await mkdtemp(join(tmpdir(), 'holdfast-managed-'));
  await writeSecret(vault, 'holdfast', { metrics: first!, smtp: 'smtp://ann:s3cr3t@127.0.0.1:2525', empty: ' ' });
  env = {
    HOLDFAST_DATA: join(folder, 'data'),
    VAULT_ADDR: vault.address,
    VAULT_ROLE_ID: vault.appRole.role_id,
    VAULT_SECRET_ID: vault.appRole.secret_id,
    METRICS_TOKEN: 'vault:secret/data/holdfast#metrics',
    SMTP_URL: 'vault:secret/data/holdfast#smtp',
  };
});
after(async () => {
  await vault.stop();
  await rm(folder, { recursive: true, force: true });
});

const open = (more: Record<string, string>) => openConfig([], { ...env, ...more }, () => {});

test('references of settings become the values that Vault has, by AppRole or by a token, from a file too', async () => {
  const { config } = await open({});
  assert.equal(config.METRICS_TOKEN, first);
  assert.equal(config.SMTP_URL, 'smtp://ann:s3cr3t@127.0.0.1:2525');
  await writeFile(join(folder, 'token'), vault.token);
  const byToken = { VAULT_ROLE_ID: '', VAULT_SECRET_ID: '', VAULT_TOKEN_FILE: join(folder, 'token') };
  assert.equal((await open(byToken)).config.METRICS_TOKEN, first);
});

const nowhere = 'http://127.0.0.1:9';
const refused: [what: string, settings: Record<string, string>, expected: RegExp][] = [
  [
    'a key that is not there',
    { METRICS_TOKEN: 'vault:secret/data/holdfast#none' },
    /METRICS_TOKEN: vault:secret\/data\/holdfast has no none/,
  ],
  ['an empty value', { METRICS_TOKEN: 'vault:secret/data/holdfast#empty' }, /holdfast#empty is empty/],
  [
    'what the policy forbids',
    { METRICS_TOKEN: 'vault:secret/data/others#metrics' },
    /does not let Holdfast read secret\/data\/others: check the policy/,
  ],
  [
    'a path without data/',
    { METRICS_TOKEN: 'vault:secret/holdfast#metrics' },
    /does not let Holdfast read secret\/holdfast: .* looks like secret\/data\/holdfast/,
  ],
  [
    'a reference without a key',
    { METRICS_TOKEN: 'vault:secret/data/holdfast' },
    /METRICS_TOKEN names a secret as vault:/,
  ],
  ['a wrong secret id', { VAULT_SECRET_ID: 'wrong' }, /refuses auth\/approle\/login \(400\): check VAULT_ROLE_ID/],
  [
    'a way in that comes from a manager',
    { VAULT_SECRET_ID: 'vault:secret/data/holdfast#metrics' },
    /VAULT_SECRET_ID cannot come from a manager/,
  ],
  ['half a sign-in', { VAULT_SECRET_ID: '' }, /VAULT_ROLE_ID and VAULT_SECRET_ID belong together/],
  ['two ways in', { VAULT_TOKEN: 'x' }, /set one of VAULT_TOKEN/],
  ['no address', { VAULT_ADDR: '' }, /set VAULT_ADDR too/],
  [
    'an address without TLS',
    { VAULT_ADDR: 'http://vault.example.com:8200' },
    /would send data unencrypted to vault\.example\.com/,
  ],
];

for (const [what, settings, expected] of refused)
  test(`stops the start, and says where and what to do: ${what}`, async () => {
    const error = await open(settings).then(
      () => assert.fail('it started'),
      (caught: Error) => caught,
    );
    assert.match(error.message, expected);
    assert.doesNotMatch(error.message, /s3cr3t|first-token/);
  });

test('a manager that is not up yet is waited for', async () => {
  const port = await freePort();
  const said: string[] = [];
  const opening = openConfig([], { ...env, VAULT_ADDR: `http://127.0.0.1:${port}` }, (line) => said.push(line));
  await eventually(async () => said.length > 0);
  assert.match(said[0]!, /METRICS_TOKEN: Vault at http:\/\/127\.0\.0\.1:\d+ does not answer \(ECONNREFUSED\)/);
  const late = await startVault(port);
  try {
    await writeSecret(late, 'holdfast', { metrics: second!, smtp: 'smtp://127.0.0.1:2525' });
    // This one has other ids, so its answer is a refusal: the wait is over.
    if (late.appRole.role_id !== env.VAULT_ROLE_ID) await assert.rejects(opening, /check VAULT_ROLE_ID/);
    else await opening;
  } finally {
    await late.stop();
  }
});

test('a manager that goes away leaves what is known in use, and the finding says since when', async () => {
  let address = vault.address;
  const source = { ...env };
  const secrets = await new ManagedSecrets(source, () => ({
    ...loadManagerConfig(source),
    VAULT_ADDR: address,
  })).load(() => {});
  address = nowhere;
  await secrets.refresh();
  const config = loadConfig([], secrets.env);
  assert.equal(config.METRICS_TOKEN, first);
  const state = { managed: true, trouble: secrets.trouble, refused: null, wantRestart: ['SENTRY_DSN'] };
  const { ok, detail } = settingsFinding(config, state);
  assert.equal(ok, false);
  assert.match(detail, /does not answer.*SMTP_URL, METRICS_TOKEN as known before \d{4}-.* stay in use/);
  assert.match(detail, /SENTRY_DSN changed and count from the next start on/);
  assert.match(detail, /SMTP_URL is set and PUBLIC_URL is not/);
  assert.doesNotMatch(detail, /s3cr3t|first-token/);
  address = vault.address;
  await secrets.refresh();
  assert.equal(secrets.trouble, null);
});

test('it is said which of the secrets that changed count from the next start on', async (t) => {
  const before = {
    HOLDFAST_KEY: Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url'),
    REDIS_URL: 'redis://:one@127.0.0.1:6379',
    FILES_WARM_URL: 'https://key:one@warm.example.com/files',
    FILES_COLD_URL: '/mnt/cold',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=one',
  };
  const changed = async (after: Partial<typeof before>) => {
    const config = loadConfig([], before);
    const secrets = { managed: false, trouble: null, refused: null, wantRestart: [] as string[] };
    const keyRing = openKeyRing(await readMasterKeys(config));
    const services = { config, secrets, keyRing, log: createLog('silent') } as unknown as Services;
    const stop = followSecrets(services, () => loadConfig([], { ...before, ...after }));
    t.after(stop);
    await eventually(async () => Object.entries(after).every(([name, value]) => config[name as 'REDIS_URL'] === value));
    return secrets.wantRestart;
  };
  // Other passwords at the same place are taken over; another place is for another process.
  const [passwords, places] = await Promise.all([
    changed({ REDIS_URL: 'redis://:two@127.0.0.1:6379', FILES_WARM_URL: 'https://key:two@warm.example.com/files' }),
    changed({
      REDIS_URL: 'redis://:one@127.0.0.2:6379',
      FILES_WARM_URL: 'https://key:one@warm.example.com/others',
      FILES_COLD_URL: '/mnt/colder',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=two',
    }),
  ]);
  assert.deepEqual(passwords, []);
  assert.deepEqual(places.toSorted(), ['FILES_COLD_URL', 'FILES_WARM_URL', 'OTEL_EXPORTER_OTLP_HEADERS', 'REDIS_URL']);
});

test('a token that ends after a time without renewal is renewed while the program runs', async () => {
  const source = { ...env, VAULT_ROLE_ID: '', VAULT_SECRET_ID: '', VAULT_TOKEN: await vault.periodic(2) };
  const { secrets } = await openConfig([], source, () => {});
  for (const began = performance.now(); performance.now() - began < 3_500; await sleep(500)) await secrets.refresh();
  assert.equal(secrets.trouble, null);
  assert.equal((await openConfig([], source, () => {})).config.METRICS_TOKEN, first, 'and a restart gets in');
});

test('the command line says where settings come from that a manager has, and finds nothing wrong with them', async () => {
  const written = { stdout: '', stderr: '' };
  const into = (name: keyof typeof written) =>
    new Writable({
      write: (chunk, _encoding, done) => {
        written[name] += chunk;
        done();
      },
    });
  const code = await runCommandLine(['config'], { env, stdout: into('stdout'), stderr: into('stderr') });
  assert.match(written.stdout, /^SMTP_URL +set \(vault:secret\/data\/holdfast#smtp\)$/m, written.stderr);
  assert.doesNotMatch(written.stdout + written.stderr, /s3cr3t|first-token/);
  assert.equal(code, 0, written.stderr);
});

test('a running installation takes a changed secret over on SIGHUP, and goes on when Vault is gone; no value is ever printed', async () => {
  const server = await startProcess(['--empty', '--data', env.HOLDFAST_DATA!], {
    ...env,
    PUBLIC_URL: 'https://x.example/',
    LOG_LEVEL: 'info',
  });
  const scrape = async (token: string) =>
    fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${token}` } }).then(
      ({ status }) => status,
      (error: Error) => assert.fail(`${error.cause}\n${server.output()}`),
    );
  const link = /^ +https:\/\/x\.example\/sign-in\/link#\S+$/m;
  try {
    // It comes a moment after the server is ready, once the worker has its secrets too.
    await eventually(async () => link.test(server.output()));
    assert.equal(await scrape(first!), 200);
    await writeSecret(vault, 'holdfast', { metrics: second!, smtp: 'smtp://ann:s3cr3t@127.0.0.1:2525' });
    assert.equal(await scrape(second!), 401, 'not before it is asked to');
    process.kill(server.pid, 'SIGHUP');
    await eventually(async () => (await scrape(second!)) === 200);
    assert.equal(await scrape(first!), 401);
    await vault.stop();
    process.kill(server.pid, 'SIGHUP');
    await eventually(async () => /Known values stay in use/.test(server.output()));
    assert.equal(await scrape(second!), 200);
    assert.match(server.output(), /"settings":\["METRICS_TOKEN"\].*Secrets were taken over/);
    assert.match(server.output(), link, 'a link, whether the address ends with a slash or not');
    assert.doesNotMatch(server.output(), /s3cr3t|-token-of-metrics/);
  } finally {
    await server.stop();
  }
});

const moto = process.env.HOLDFAST_MOTO_SERVER ?? 'moto_server';
const missing = spawnSync(moto, ['--help']).status !== 0 && 'moto_server is not installed (pip install "moto[server]")';

test('AWS Secrets Manager gives a text, or one value of several, and a new version of it', {
  skip: missing,
}, async () => {
  const port = await freePort();
  const aws = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  const previous = Object.fromEntries(Object.keys(aws).map((name) => [name, process.env[name]]));
  Object.assign(process.env, aws);
  let child: ChildProcess | undefined;
  try {
    child = await startService({
      command: moto,
      args: ['-H', '127.0.0.1', '-p', String(port)],
      isUp: async () => (await fetch(aws.AWS_ENDPOINT_URL)).status < 500,
    });
    const client = new SecretsManagerClient({});
    const name = 'holdfast/production';
    await client.send(new CreateSecretCommand({ Name: name, SecretString: JSON.stringify({ metrics: first }) }));
    await client.send(new CreateSecretCommand({ Name: 'smtp', SecretString: 'smtp://127.0.0.1:2525' }));
    const source = {
      HOLDFAST_DATA: env.HOLDFAST_DATA!,
      METRICS_TOKEN: `aws-sm:${name}#metrics`,
      SMTP_URL: 'aws-sm:smtp',
      AWS_REGION: aws.AWS_REGION,
    };
    const { config, reread, secrets } = await openConfig([], source, () => {});
    assert.equal(config.METRICS_TOKEN, first);
    assert.equal(config.SMTP_URL, 'smtp://127.0.0.1:2525');
    await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: JSON.stringify({ metrics: third }) }));
    await secrets.refresh();
    assert.equal(reread().METRICS_TOKEN, third);
    await assert.rejects(
      openConfig([], { ...source, SMTP_URL: 'aws-sm:nothing' }, () => {}),
      /SMTP_URL: AWS Secrets Manager gave no nothing \(ResourceNotFoundException\)/,
    );
    await assert.rejects(
      openConfig([], { ...source, SMTP_URL: `aws-sm:${name}` }, () => {}),
      /has several values: name one with #KEY/,
    );
  } finally {
    if (child) await killService(child);
    for (const [name, value] of Object.entries(previous))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
});
