import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseEnv } from 'node:util';
import { ConfigError, loadConfig } from './config.ts';
import { openConfig } from './open.ts';
import { settings_file_name } from './settings-file.ts';
import { describeSettings } from './sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-config-'));
after(() => rmSync(folder, { recursive: true }));

const secret = (text: string): string => {
  const file = join(folder, `${Math.random()}`);
  writeFileSync(file, `${text}\n`);
  return file;
};
const key = 'kZ8mJ2vQ7xN4pR1tY6wB3sD9fG5hL0cA8eU2iO7qXyM';

/** What a start with these settings complains of; an error of any other kind fails the test. */
function complaints(env: Record<string, string>, args: string[] = []): string {
  try {
    loadConfig(args, env);
    return '';
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
}

test('nothing set is a complete configuration; flags outrank the environment', () => {
  const config = loadConfig(['--port', '8080', '--empty'], { PORT: '9090' });
  assert.deepEqual([config.PORT, config.empty, config.HOLDFAST_ROLE], [8080, true, 'all']);
});

test('everything wrong is named at once, with what to do', () => {
  const said = complaints({ PORT: 'x', LOG_LEVEL: 'loud', HOLDFAST_ROLE: 'boss' });
  for (const name of ['PORT', 'LOG_LEVEL', 'HOLDFAST_ROLE', 'docs/configuration.md'])
    assert.match(said, new RegExp(name));
  assert.match(complaints({ PORT: 'http' }), /PORT: This must be a number/);
  assert.match(complaints({}, ['--prot', '1']), /--port, --data, --role and --empty/);
});

test('half a configuration is refused and says what is missing', () => {
  assert.match(
    complaints({ S3_BUCKET: 'files', S3_ENDPOINT: 'https://s3.example.com' }),
    /S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY/,
  );
  assert.match(complaints({ DATABASE_URL: 'postgresql://localhost/x' }), /HOLDFAST_KEY is needed/);
});

test('an address whose password has a bare % is refused, by the name of its setting', () => {
  for (const [name, scheme] of [
    ['REDIS_URL', 'rediss'],
    ['SMTP_URL', 'smtps'],
  ] as const) {
    const said = complaints({ [name]: `${scheme}://u:hunter2%@host.example.com` });
    assert.match(said, new RegExp(`${name} must look like .* %25`));
    assert.ok(!said.includes('hunter2'));
    assert.equal(complaints({ [name]: `${scheme}://u:hunter2%25@host.example.com` }), '');
  }
});

test('stores of files by age each have a place of their own', () => {
  const s3 = {
    S3_BUCKET: 'files',
    S3_ENDPOINT: 'https://s3.example.com',
    S3_ACCESS_KEY_ID: 'key',
    S3_SECRET_ACCESS_KEY: 'secret',
  };
  assert.equal(complaints({ FILES_WARM_URL: '/mnt/warm', FILES_COLD_URL: 'https://k:s@s3.example.com/cold' }), '');
  assert.equal(complaints({ ...s3, FILES_COLD_URL: 's3://cold?storage_class=GLACIER_IR' }), '');
  assert.match(complaints({ FILES_WARM_URL: 'warm' }), /FILES_WARM_URL takes a folder/);
  assert.match(complaints({ ...s3, FILES_WARM_URL: 's3://warm?storage_class=DEEP_ARCHIVE' }), /takes a folder/);
  assert.match(complaints({ FILES_WARM_URL: 's3://warm' }), /S3_BUCKET, which is not set/);
  assert.match(complaints({ HOLDFAST_DATA: '/data', FILES_WARM_URL: '/data/files/' }), /same place as the files/);
  assert.match(complaints({ ...s3, FILES_WARM_URL: 's3://files' }), /same place as S3_BUCKET/);
  assert.match(complaints({ FILES_WARM_URL: '/mnt/a', FILES_COLD_URL: '/mnt/a/' }), /same place as FILES_WARM_URL/);
  assert.match(complaints({ BACKUP_DIR: '/mnt/a', FILES_COLD_URL: '/mnt/a' }), /same place as BACKUP_DIR/);
  const said = complaints({ FILES_WARM_URL: 'http://k:hunter2@s3.example.com/warm' });
  assert.match(said, /FILES_WARM_URL would send data unencrypted/);
  assert.ok(!said.includes('hunter2'));
});

test('the bucket of the files is no second place for backups', () => {
  const files = {
    S3_BUCKET: 'files',
    S3_ENDPOINT: 'https://s3.example.com',
    S3_ACCESS_KEY_ID: 'key',
    S3_SECRET_ACCESS_KEY: 'secret',
  };
  const backups = {
    ...files,
    BACKUP_S3_BUCKET: 'files',
    BACKUP_S3_ACCESS_KEY_ID: 'k',
    BACKUP_S3_SECRET_ACCESS_KEY: 's',
  };
  for (const BACKUP_S3_ENDPOINT of ['https://s3.example.com', 'https://S3.example.com:443/'])
    assert.match(complaints({ ...backups, BACKUP_S3_ENDPOINT }), /BACKUP_S3_BUCKET is the same place as S3_BUCKET/);
  assert.equal(complaints({ ...backups, BACKUP_S3_ENDPOINT: 'https://s3.example.org' }), '');
  assert.equal(complaints({ ...backups, BACKUP_S3_ENDPOINT: files.S3_ENDPOINT, BACKUP_S3_BUCKET: 'backups' }), '');
});

test('secrets may come from files, once, and never show in a complaint', () => {
  const config = loadConfig([], {
    DATABASE_URL_FILE: secret('postgresql://localhost/x'),
    HOLDFAST_KEY_FILE: secret(key),
  });
  assert.equal(config.HOLDFAST_KEY, key);
  assert.match(complaints({ HOLDFAST_KEY: key, HOLDFAST_KEY_FILE: secret(key) }), /keep one/);
  assert.match(complaints({ HOLDFAST_KEY_FILE: '/nowhere' }), /no file \/nowhere/);
  assert.match(complaints({ HOLDFAST_KEY_FILE: secret('') }), /HOLDFAST_KEY_FILE: .* is empty/);
  assert.match(complaints({ HOLDFAST_KEY_FILE: folder }), /HOLDFAST_KEY_FILE: .* cannot be read \(EISDIR\)/);
  const said = complaints({ DATABASE_URL: 'postgresql://u:hunter2@db.example.com/x', HOLDFAST_KEY: key });
  assert.ok(said !== '' && !said.includes('hunter2') && !said.includes(key));
});

test('a command that restores may hold a password, so its words are not shown', () => {
  const env = {
    DATABASE_URL: 'postgresql://localhost/x',
    HOLDFAST_KEY: key,
    BACKUP_DIR: folder,
    BACKUP_RESTORE_COMMAND: 'restore --repo-pass=hunter2 {dir}',
  };
  const described = describeSettings(loadConfig([], env), { args: [], env });
  const command = described.find(({ name }) => name === 'BACKUP_RESTORE_COMMAND');
  assert.deepEqual([command?.is_set, command?.value, command?.source], [true, null, 'environment']);
});

test('of an address that is shown no part of a password is, one with an @ in it either', () => {
  const env = { CLAMD_URL: 'tcp://u:hunter2@hunter3@scan.example.com:3310' };
  const described = describeSettings(loadConfig([], env), { args: [], env });
  assert.equal(described.find(({ name }) => name === 'CLAMD_URL')?.value, 'tcp://…@scan.example.com:3310');
});

test('secrets may come as systemd credentials, named as the setting in lower case', () => {
  const CREDENTIALS_DIRECTORY = mkdtempSync(join(folder, 'credentials-'));
  writeFileSync(join(CREDENTIALS_DIRECTORY, 'holdfast_key'), `${key}\n`);
  writeFileSync(join(CREDENTIALS_DIRECTORY, 'another'), 'of somebody else');
  assert.equal(loadConfig([], { CREDENTIALS_DIRECTORY }).HOLDFAST_KEY, key);
  assert.match(
    complaints({ CREDENTIALS_DIRECTORY, HOLDFAST_KEY: key }),
    /HOLDFAST_KEY and the credential holdfast_key are both set; keep one/,
  );
});

test('the settings file of the data directory is below the environment, and each setting says where it came from', async () => {
  const data = mkdtempSync(join(folder, 'data-'));
  const path = join(data, settings_file_name);
  const write = (text: string, mode = 0o600) => {
    writeFileSync(path, text);
    chmodSync(path, mode);
  };
  const open = (env: Record<string, string> = {}) => openConfig(['--data', data], env, () => {});
  const refusal = (env?: Record<string, string>) =>
    open(env).then(
      () => '',
      ({ message }: Error) => message,
    );
  const sources = async (env?: Record<string, string>) => {
    const { config, surroundings } = await open(env);
    return Object.fromEntries(
      describeSettings(config, surroundings).map((one) => [one.name, `${one.value} ${one.source} ${one.origin}`]),
    );
  };

  write(
    `# Of this machine\nPORT=4000\nMAIL_FROM="Ann <ann@x.example>"\n\nSMTP_URL='smtp://u:hunter2@127.0.0.1'\nLOG_LEVEL=\n`,
  );
  const { config } = await open({ PORT: '5000' });
  assert.deepEqual(
    [config.PORT, config.MAIL_FROM, config.SMTP_URL, config.LOG_LEVEL],
    [5000, 'Ann <ann@x.example>', 'smtp://u:hunter2@127.0.0.1', 'info'],
  );
  const told = await sources({ PORT: '5000' });
  assert.deepEqual(
    [told.PORT, told.MAIL_FROM, told.SMTP_URL],
    ['5000 environment null', `Ann <ann@x.example> file ${path}, line 3`, `null file ${path}, line 5`],
  );
  assert.equal((await sources({ PORT: '' })).PORT, `4000 file ${path}, line 2`, 'an empty variable is none');
  assert.equal(
    (await open({ SMTP_URL_FILE: secret('smtp://localhost') })).config.SMTP_URL,
    'smtp://localhost',
    'in no conflict with the file',
  );

  write(
    'PORT=x\nBACKUP_DIRR=/mnt\nexport HOST=0.0.0.0\nPORT=1\nHOLDFAST_DATA=/elsewhere\nMAIL_FROM="open\nHOST=a\\b\n',
  );
  const said = await refusal();
  for (const part of [
    'line 2: BACKUP_DIRR is no setting. Was BACKUP_DIR meant',
    'line 3: “export HOST” is no NAME=VALUE',
    'line 4: PORT is set on line 1 already',
    'line 5: HOLDFAST_DATA names the folder',
    'line 6: MAIL_FROM has a quote',
    'line 7: HOST has a backslash',
  ])
    assert.ok(said.includes(part), `${part}\n${said}`);
  write('\nPORT=x\n');
  assert.ok((await refusal()).includes(`PORT: This must be a number (${path}: PORT is on line 2)`));

  write('PORT=4000\n', 0o664);
  assert.match(await refusal(), /may be written by others: chmod 600/);
  write('SMTP_URL=smtp://u:hunter2@127.0.0.1\n', 0o644);
  assert.match(await refusal(), /holds secrets and may be read by others: chmod 600/);
  assert.doesNotMatch(await refusal(), /hunter2/);
  write('PORT=4000\n', 0o644);
  assert.equal(await refusal(), '', 'nothing in it is secret');
});

test('data leaves the machine only through TLS, unless told otherwise', () => {
  const remote = {
    HOLDFAST_KEY: key,
    DATABASE_URL: 'postgresql://db.example.com/x',
    REDIS_URL: 'redis://cache.example.com',
  };
  assert.match(complaints(remote), /DATABASE_URL[\s\S]*REDIS_URL/);
  assert.equal(complaints({ ...remote, ALLOW_PLAINTEXT: 'true' }), '');
  const secure = {
    ...remote,
    DATABASE_URL: `${remote.DATABASE_URL}?sslmode=verify-full`,
    REDIS_URL: 'rediss://cache.example.com',
  };
  assert.equal(complaints(secure), '');
  assert.equal(
    complaints({ ...remote, DATABASE_URL: 'postgresql://u@%2Frun%2Fpostgresql/x', REDIS_URL: 'redis://127.0.0.1' }),
    '',
  );
});

test('the address of a trace has a place for its id, and the share of traces is one', () => {
  const url = (TRACE_URL_TEMPLATE: string) => complaints({ TRACE_URL_TEMPLATE });
  assert.equal(url('https://grafana.example.com/trace/{trace_id}'), '');
  assert.match(url('https://grafana.example.com/trace/'), /contains \{trace_id\}/);
  assert.match(url('javascript:alert({trace_id})'), /begins with https/);
  assert.match(complaints({ OTEL_TRACES_SAMPLER_ARG: '7' }), /OTEL_TRACES_SAMPLER_ARG/);
});

test('the templates for development, staging and production are complete', () => {
  const secrets: Record<string, string> = {
    DATABASE_URL_FILE: secret('postgresql://u@db.example.com/holdfast?sslmode=verify-full'),
    HOLDFAST_KEY_FILE: secret(key),
    REDIS_URL_FILE: secret('rediss://cache.example.com'),
    S3_SECRET_ACCESS_KEY_FILE: secret('secret'),
    SMTP_URL_FILE: secret('smtps://u:p@mail.example.com'),
  };
  for (const name of ['development', 'staging', 'production']) {
    const template = parseEnv(readFileSync(new URL(`../../../deploy/${name}.env`, import.meta.url), 'utf8'));
    const mounted = Object.fromEntries(
      Object.entries(template).map(([setting, value]) => [setting, secrets[setting] ?? value!]),
    );
    assert.equal(complaints(mounted), '', name);
  }
});

test('MongoDB has an address of one or more hosts, its password never shows, and it is reached through TLS', () => {
  const of = (MONGODB_URL: string, more = {}) => complaints({ MONGODB_URL, ...more });
  for (const good of [
    'mongodb://127.0.0.1:27017',
    'mongodb://localhost/logs',
    'mongodb+srv://u:p@cluster.example.com/logs',
    'mongodb://[::1]:27017/logs',
    'mongodb://u:p@a.example.com:27017,b.example.com/logs?replicaSet=r&tls=true',
    'mongodb://u:p%40@a.example.com/?ssl=true',
  ])
    assert.equal(of(good), '', good);
  for (const open of [
    'mongodb://u:hunter2@a.example.com',
    'mongodb://127.0.0.1,b.example.com/?tls=false',
    'mongodb+srv://u:hunter2@a.example.com/?tls=false',
  ]) {
    assert.match(of(open), /MONGODB_URL would send data unencrypted to [ab]\.example\.com/);
    assert.ok(!of(open).includes('hunter2'));
    assert.equal(of(open, { ALLOW_PLAINTEXT: 'true' }), '');
  }
  for (const bad of [
    'redis://a',
    'mongodb://',
    'mongodb://u:hunter2@',
    'mongodb://a,,b',
    'mongodb://a/b$c',
    'mongodb://u:hunt er2@a',
    'mongodb://a/%zz',
  ]) {
    assert.match(of(bad), /MONGODB_URL must look like/, bad);
    assert.ok(!of(bad).includes('hunt'));
  }
  assert.equal(loadConfig([], { MONGODB_URL_FILE: secret('mongodb://127.0.0.1') }).MONGODB_URL, 'mongodb://127.0.0.1');
});

test('an address without its protocol is refused', () => {
  for (const [name, value] of [
    ['PUBLIC_URL', 'crm.example.com:443'],
    ['PUBLIC_URL', 'crm.example.com'],
    ['PUBLIC_URL', 'https:'],
    ['PUBLIC_URL', 'ftp://crm.example.com'],
    ['S3_ENDPOINT', 'minio.example.com:9000'],
    ['BACKUP_S3_ENDPOINT', 'minio.example.com:9000'],
    ['VAULT_ADDR', 'vault.example.com:8200'],
  ] as const)
    assert.match(
      complaints({ [name]: value }),
      new RegExp(`${name}: Write the whole address, beginning with https://`),
    );
  for (const PUBLIC_URL of ['https://crm.example.com', 'http://localhost:3000', 'https://10.0.0.1:8443'])
    assert.equal(complaints({ PUBLIC_URL }), '');
});
