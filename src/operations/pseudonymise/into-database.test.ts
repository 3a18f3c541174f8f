import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { client, eventually } from '../../../test/harness/app.ts';
import { findCanaries } from '../../../test/harness/canaries.ts';
import { command } from '../../../test/harness/command.ts';
import { ManagedInstallation } from '../../../test/harness/managed.ts';
import { holdfast } from '../../../test/harness/process.ts';
import { s3Missing, startS3Server } from '../../../test/harness/s3-server.ts';
import { fileKey } from '../../kernel/files/file-store.ts';
import { createS3Store } from '../../kernel/files/s3-store.ts';

let it: ManagedInstallation;
before(async () => {
  it = await ManagedInstallation.begin();
});
after(() => it.close());

async function canariesIn(url: string) {
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  return findCanaries(owner).finally(() => owner.end());
}

test('the files in a bucket that may be the original’s are not replaced', { skip: s3Missing }, async () => {
  const s3 = await startS3Server();
  try {
    const { accessKeyId, secretAccessKey } = s3.options.credentials();
    const bucket = createS3Store(s3.options);
    await bucket.put(fileKey(randomUUID(), 'attachment'), Buffer.from('signed'), {
      contentType: 'text/plain',
      sizeBytesMax: 10,
    });
    bucket.close();
    const elsewhere = await it.server.database();
    const env = {
      ...it.environment(elsewhere),
      HOLDFAST_DATA: join(it.parent, 'in-a-bucket'),
      S3_ENDPOINT: s3.options.endpoint,
      S3_BUCKET: s3.options.bucket,
      S3_ACCESS_KEY_ID: accessKeyId,
      S3_SECRET_ACCESS_KEY: secretAccessKey,
    };
    const refusal = /The bucket holdfast has files, which would be replaced/;
    await assert.rejects(command(['restore', '--into-database', '--pseudonymise'], env), refusal);
    await assert.rejects(command(['restore', '--to', join(it.parent, 'folder'), '--pseudonymise'], env), refusal);
    const name = new URL(elsewhere).pathname.slice(1);
    await assert.rejects(command(['pseudonymise', '--confirm', name], env), refusal);
  } finally {
    await s3.close();
  }
});

test('a backup fills a database at DATABASE_URL without the people in it, and the copy starts with a key of its own', async () => {
  const company = await it.add('Goldcrest Ltd');
  const made = await it.api('POST', 'contacts', {
    given_name: 'Goldcrest',
    family_name: 'Goldcrest',
    email: 'g@goldcrest.com',
    company_id: company,
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const file = await it.upload('Goldcrest agreed to this.');
  // The installation may be making its first by itself.
  const isBusy = (error: unknown) => {
    if (!/being made already/.test(String(error))) throw error;
    return false;
  };
  await eventually(() => it.run(['backup', 'now']).then(() => true, isBusy));
  assert.ok((await canariesIn(it.ownerUrl)).length > 0);

  const elsewhere = await it.server.database();
  const inPlace = it.environment(elsewhere);
  await assert.rejects(command(['restore', '--into-database', '--pseudonymise'], inPlace), /has served from/);
  const name = new URL(elsewhere).pathname.slice(1);
  await assert.rejects(command(['pseudonymise', '--confirm', name], inPlace), /has served from/);
  const original = await it.api('GET', `files/${file}/content`);
  assert.equal(original.body, 'Goldcrest agreed to this.', 'the files of the original are there');
  const env = { ...it.environment(elsewhere), HOLDFAST_DATA: join(it.parent, 'copy') };
  const answer = await it.run<{ pseudonymised: boolean; files: number }>(
    ['restore', '--into-database', '--pseudonymise'],
    env,
  );
  assert.equal(answer.pseudonymised, true);
  assert.deepEqual(await canariesIn(elsewhere), []);

  const own = {
    HOLDFAST_DATA: env.HOLDFAST_DATA,
    DATABASE_URL: elsewhere,
    HOLDFAST_KEY: randomBytes(32).toString('base64url'),
  };
  const copy = await it.start(own);
  assert.equal((await client(copy.url, it.key)('GET', '/api/v1/companies')).status, 401);
  const key = (await command(['api-key', 'create', '--tenant', 'acme', '--role', 'admin'], own)).trim();
  const { status, body } = await client(copy.url, key)('GET', '/api/v1/companies');
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual(
    body.data.map(({ id, name }: { id: string; name: string }) => [id, name === 'Goldcrest Ltd']),
    [[company, false]],
  );
  const shown = JSON.parse(await holdfast(['copy', 'show', '--json'], own)) as { source: string; sends: boolean };
  assert.match(shown.source, /^the backup /);
  assert.equal(shown.sends, false);
  await command(['audit', 'verify'], own);
});
