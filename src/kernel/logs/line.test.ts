import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import pino from 'pino';
import { recordTypes } from '../../modules/index.ts';
import { definedResources } from '../contract/resource.ts';
import { makeApiKey } from '../vault/api-key.ts';
import { randomToken } from '../vault/tokens.ts';
import { type LogLine, lineOf, textOf } from './line.ts';
import { SensitiveNames } from './redact.ts';

const names = new SensitiveNames();
const sensitive = definedResources().flatMap(({ meta }) =>
  [...meta].filter(([, { sensitivity }]) => sensitivity !== 'public').map(([name]) => name),
);
names.add(sensitive);

/** What becomes of a line that is written by pino, as a line and as text. */
function written(write: (log: pino.Logger) => void): LogLine & { text: string } {
  let line: LogLine | undefined;
  const log = pino(
    { base: {}, timestamp: pino.stdTimeFunctions.isoTime },
    {
      write: (text: string) => {
        line = lineOf(text, names, 'web@test:1');
      },
    },
  );
  write(log);
  return { ...line!, text: textOf(line!, 1) };
}

test('no credential and no personal field of any contract gets into a line, at whatever depth and however it is written', () => {
  assert.ok(
    recordTypes.length > 5 &&
      sensitive.includes('email') &&
      sensitive.includes('family_name') &&
      sensitive.includes('body'),
  );
  const credentials = [
    'password',
    'token',
    'key',
    'secret',
    'authorization',
    'Authorization',
    'cookie',
    'set-cookie',
    'api_key',
    'apiKey',
    'client_secret',
    'X-Api-Key',
    'recovery_codes',
  ];
  for (const name of [...new Set(sensitive), ...credentials]) {
    const canary = `canary ${name}`;
    const record = { [name]: canary };
    for (const write of [
      (log: pino.Logger) => log.info(record, 'flat'),
      (log: pino.Logger) => log.info({ contact: record, list: [[record]] }, 'nested'),
      (log: pino.Logger) => log.child(record).warn('bound'),
      (log: pino.Logger) => log.error({ err: Object.assign(new Error('It failed'), { input: record }) }),
    ]) {
      const { text, data } = written(write);
      assert.ok(!`${text} ${data}`.includes(canary), `${name}: ${text}`);
    }
  }
});

test('what has the form of a credential or of a way to reach a person is found in any text', () => {
  const token = randomToken();
  const { key } = makeApiKey();
  const hidden = [
    'ann@north.example',
    'ann%40north.example',
    'Jürgen.Groß@münchen.example',
    '+49 170 1234567',
    '+1 (212) 555-0100',
    '0041 44 668 18 00',
    '%2B491701234567',
    '212-555-0100',
    '(030) 901820',
    key,
    token,
    `__Host-holdfast=${token}`,
    `Bearer ${token}`,
    'Basic YW5uOnNlY3JldA==',
    'postgres://ann:hunter2@db.example/crm',
    'https://crm.example/ics/x?token=hunter2',
    'password=hunter2',
    '"client_secret": "hunter2"',
    randomBytes(32).toString('base64'),
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def_ghi',
    'AKIAIOSFODNN7EXAMPLE',
    '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----',
    `whsec_${randomBytes(24).toString('base64')}`,
  ];
  for (const secret of hidden) {
    const core = secret.replace(/^(Bearer |Basic |password=|__Host-holdfast=)/, '');
    for (const write of [
      (log: pino.Logger) => log.info(`before ${secret} after`),
      (log: pino.Logger) => log.info({ note: [secret] }, 'in a list'),
      (log: pino.Logger) => log.error({ err: new Error(`Failed for ${secret}.`) }, 'an error'),
      (log: pino.Logger) => log.info({ [`about ${secret}`]: 1 }, 'a name'),
    ]) {
      const { text } = written(write);
      assert.ok(!text.includes(core) && !text.includes('hunter2'), text);
    }
  }
  // Not only up to a hyphen, or to what looks like another credential.
  for (const [secret, rest] of [
    ['pk_27tNObHGoE6AuqwLs-lbQkXkD_cBatlvAfOjQBo', 'lbQkXkD'],
    ['whsec_AKF+eyJEK5fE12hT5/3YlMkRTcvMbZRC', '3YlMkRT'],
    ['secret=AKF+eyJEK5fE12hT5/3YlMkRTcvMbZRC', '3YlMkRT'],
    ['eyJcc5be5640be97cecff56.eyJ02adf3f1da16b86e2d6f0a18280b93.6194e64ec133376ba1e0098dd55197', '6194e'],
    ['sQI8x3SiWW1M6-sk_nPh6LUhWOJZaaUa4XLj8bTFBXI', 'sQI8x3'],
    ['Qw7hZpLmNcVbXsAd-eyJEK5fE12hT5u3YlMkRTcvMbZ', 'Qw7hZp'],
  ] as const) {
    const { text } = written((log) => log.info(`before ${secret} after`));
    assert.ok(!text.includes(rest), text);
  }
});

test('ids, times, routes and what statements say stay as they are', () => {
  const id = '0198a3f0-1234-7abc-8def-0123456789ab';
  for (const kept of [
    id,
    '04512345-1234-4567-8901-012345678901',
    '2026-11-23T22:53:48.123Z',
    `/api/v1/contacts/${id}`,
    'GET /api/v1/contacts/{id}',
    '127.0.0.1:54321',
    'job score.fit',
    'duplicate key value violates unique constraint "contact_pkey"',
    'at processTicksAndRejections (node:internal/process/task_queues:105:5)',
    'a85f2c31c84c6cba5dd2d66a3cba2ec62bb2cd4d',
  ]) {
    const { message, data } = written((log) => log.info({ kept }, kept));
    assert.equal(message, kept);
    assert.equal(JSON.parse(data).kept, kept);
  }
});

test('a line of 10 MB is cut and says so, whatever makes it long', () => {
  const long = 'x'.repeat(10 * 1024 * 1024);
  const deep = Array.from({ length: 200 }).reduce<unknown>((inner) => ({ inner }), 'end');
  for (const write of [
    (log: pino.Logger) => log.info(long),
    (log: pino.Logger) => log.info({ long }, 'a value'),
    (log: pino.Logger) => log.info({ [long]: 1 }, 'a name'),
    (log: pino.Logger) => log.error({ err: new Error(long) }, 'an error'),
    (log: pino.Logger) =>
      log.info(Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`n${i}`, long.slice(0, 90)])), 'many'),
    (log: pino.Logger) => log.info({ list: Array.from({ length: 1_000_000 }, (_, i) => i) }, 'a list'),
    (log: pino.Logger) => log.info({ bytes: Buffer.alloc(1_000_000) }, 'bytes'),
    (log: pino.Logger) => log.info({ deep }, 'deep'),
  ]) {
    const { text } = written(write);
    assert.ok(text.length < 60_000, `${text.length}`);
    assert.match(text, /cut(":")?:? ?(\d+ characters|more values|too deep)|\[1000000 bytes\]/);
  }
  // Behind the cut nothing tells what stood across it.
  assert.ok(!written((log) => log.info(`${'y '.repeat(3_995)} ann@north.example`)).text.includes('ann@'));
});

test('nothing in a text forges a line or a terminal', () => {
  const forged = 'ok\n{"level":60,"msg":"forged"}\r\n\u2028\u001b[2J\u0000\u202e\u0085 \ud800 end';
  const { text, message, data } = written((log) => log.info({ forged, [forged]: 1 }, forged));
  assert.equal(text.indexOf('\n'), text.length - 1);
  for (const part of [text.slice(0, -1), message]) {
    assert.ok(![...part].some((c) => c < ' ' || (c >= '\u007f' && c <= '\u009f') || c === '\u2028' || c === '\u202e'));
    assert.ok(part.isWellFormed());
  }
  assert.ok(!data.includes('\\u0000') && !data.includes('\\ud800') && JSON.parse(data).forged.includes('end'));
  assert.equal(JSON.parse(text).msg, message);
});
