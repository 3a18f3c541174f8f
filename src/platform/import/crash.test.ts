import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import pg from 'pg';
import { type Client, client, eventually } from '../../../test/harness/app.ts';
import { createTestDatabase, testKey } from '../../../test/harness/cluster.ts';
import { command } from '../../../test/harness/command.ts';
import { upload } from '../../../test/harness/import.ts';
import { type HoldfastProcess, holdfast, startProcess } from '../../../test/harness/process.ts';
import type { ImportReport } from './contract.ts';

const rows = 16_000;
const people = ['Record ID,First Name,Email,Tags'];
for (let at = 0; at < rows; at++) people.push(`${at},Name ${at},n${at}@x.example,${at % 2 ? 'odd' : ''}`);

/** Does `work` with a workspace on a database of its own, and the settings under which processes reach it. */
async function withInstallation(
  work: (env: Record<string, string>, key: string, ownerUrl: string) => Promise<void>,
): Promise<void> {
  const database = await createTestDatabase();
  const data = await mkdtemp(join(tmpdir(), 'holdfast-import-'));
  const env = {
    DATABASE_URL: database.ownerUrl,
    HOLDFAST_KEY: testKey(),
    HOLDFAST_DATA: data,
  };
  try {
    await command(['tenant', 'create', '--name', 'acme'], env);
    await work(
      env,
      await command(['api-key', 'create', '--tenant', 'acme', '--role', 'admin'], env),
      database.ownerUrl,
    );
  } finally {
    await database.drop();
    // What the killed worker had started may still be ending.
    await rm(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  }
}

async function counted(ownerUrl: string, query: string): Promise<unknown[]> {
  const db = new pg.Client({ connectionString: ownerUrl });
  await db.connect();
  return (await db.query({ text: query, rowMode: 'array' }).finally(() => db.end())).rows[0]!;
}

const done = (api: Client, id: string, wanted: (report: ImportReport) => boolean, ms: number) =>
  eventually(async () => {
    const { body } = await api('GET', `/api/v1/imports/${id}`);
    return wanted(body) && (body as ImportReport);
  }, ms);

test('a worker killed while it imports goes on where it was: each row is there once, and once in the audit', {
  timeout: 240_000,
}, async () => {
  await withInstallation(async (env, key, ownerUrl) => {
    let running: HoldfastProcess | undefined;
    try {
      running = await startProcess([], env);
      const first = client(running.url, key);
      const { body } = await upload(first, [['people.csv', people.join('\n')]]);
      assert.equal((await first('POST', `/api/v1/imports/${body.id}/runs`)).status, 202);
      const halfway = await done(first, body.id, ({ files }) => files[0]!.rows_done > 0, 60_000);
      assert.ok(halfway.files[0]!.rows_done < rows, 'killed too late to show anything');
      await running.kill();

      running = await startProcess([], env);
      const report = await done(client(running.url, key), body.id, ({ state }) => state !== 'running', 150_000);
      assert.equal(report.state, 'done', String(report.error));
      assert.deepEqual(report.files[0]?.counts, {
        rows,
        created: rows,
        updated: 0,
        unchanged: 0,
        skipped: 0,
        errors: 0,
      });
      assert.deepEqual(await counted(ownerUrl, 'select count(*)::int, count(distinct external_id)::int from contact'), [
        rows,
        rows,
      ]);
      assert.deepEqual(await counted(ownerUrl, 'select count(*)::int from record_tag'), [rows / 2]);
      assert.deepEqual(
        await counted(
          ownerUrl,
          `select count(*)::int, count(distinct record_id)::int from audit_event where resource = 'contact' and action = 'create'`,
        ),
        [rows, rows],
      );
    } finally {
      await running?.kill();
    }
  });
});

test('an import can be stopped, goes on when run again, and is made and reported by the command line too', {
  timeout: 240_000,
}, async () => {
  await withInstallation(async (env, key, ownerUrl) => {
    const running = await startProcess([], env);
    try {
      const api = client(running.url, key);
      const { body } = await upload(api, [['people.csv', people.join('\n')]]);
      await api('POST', `/api/v1/imports/${body.id}/runs`);
      assert.equal((await api('PATCH', `/api/v1/imports/${body.id}`, { options: { mode: 'create' } })).status, 409);
      await done(api, body.id, ({ files }) => files[0]!.rows_done > 0, 60_000);
      assert.equal((await api('POST', `/api/v1/imports/${body.id}/cancellation`)).status, 202);
      const stopped = await done(api, body.id, ({ state }) => state !== 'running', 60_000);
      assert.equal(stopped.state, 'cancelled');
      assert.deepEqual(await counted(ownerUrl, 'select count(*)::int from contact'), [stopped.files[0]!.rows_done]);

      const folder = await mkdtemp(join(env.HOLDFAST_DATA!, 'files-'));
      const file = join(folder, 'people.csv');
      await writeFile(file, people.join('\n'));
      const report: ImportReport = JSON.parse(await holdfast(['import', '--tenant', 'acme', '--json', file], env));
      assert.deepEqual(
        [report.files[0]?.counts.created, report.files[0]?.counts.unchanged],
        [rows - stopped.files[0]!.counts.created, stopped.files[0]!.counts.created],
      );

      await api('POST', `/api/v1/imports/${body.id}/runs`);
      const whole = await done(api, body.id, ({ state }) => state !== 'running', 120_000);
      assert.equal(whole.state, 'done', String(whole.error));
      assert.equal(whole.files[0]?.counts.rows, rows);
      assert.deepEqual(await counted(ownerUrl, 'select count(*)::int from contact'), [rows]);

      const words = await holdfast(['import', '--tenant', 'acme', file], env);
      assert.match(words, /people\.csv: taken for contact records; 16,000 rows: 16,000 unchanged\.\n[\s\S]*\nDone\./);
      await assert.rejects(holdfast(['import', '--tenant', 'acme', join(folder, 'absent.csv')], env), { code: 2 });
      const out = join(folder, 'out.csv');
      assert.deepEqual(
        JSON.parse(await holdfast(['export', '--tenant', 'acme', 'contacts', '--out', out, '--json'], env)),
        { rows, file: out },
      );
      assert.equal((await stat(out)).mode & 0o777, 0o600, 'only who exported it reads it');
    } finally {
      await running.kill();
    }
  });
});
