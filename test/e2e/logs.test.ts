import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuidV7 } from '../../src/kernel/database/uuid.ts';
import type { LogLine } from '../../src/kernel/logs/line.ts';
import { openPostgresLogStore } from '../../src/kernel/logs/postgres-log-store.ts';
import { eventually, startTestApp } from '../harness/app.ts';
import { asOwner, makeOperator } from '../harness/identity.ts';
import { barriers, open, phone, picture, settled, setUp, textOf } from './browser.ts';

const world = setUp(undefined, {
  start: () => startTestApp({ TRACE_URL_TEMPLATE: 'https://grafana.example.com/trace/{trace_id}?from=log' }),
});
const trace_id = '4bf92f3577b34da6a3ce929d0e0e4736';

function line(ago_ms: number, more: Partial<LogLine> = {}): LogLine {
  const lacking = { tenant_id: null, user_id: null, route: null, request_id: null, trace_id: null };
  const at = new Date(Date.now() - ago_ms).toISOString();
  return {
    ...lacking,
    id: uuidV7(),
    at,
    level: 30,
    process: 'web@node-1:4711',
    message: 'A line',
    data: '{}',
    ...more,
  };
}

async function store(lines: LogLine[]): Promise<void> {
  const to = openPostgresLogStore({ url: world.app.database.appUrl, days: 30 });
  await to.append(lines).finally(() => to.close());
}

test('an operator goes from a bar to an error to its request, and watches lines come; an administrator sees the own workspace alone', async (t) => {
  const { tenant_id } = world.tenant;
  const other = await world.app.tenant();
  const minute = 60_000;
  const olga = await world.person('Olga Operator', 'viewer');
  await makeOperator(world.app, { tenant_id, user_id: olga.user_id });
  const job = `job:${uuidV7()}`;
  const request = { tenant_id, user_id: olga.user_id, request_id: 'req-7f3a', trace_id, route: 'POST /api/v1/imports' };
  const asked = (i: number) => {
    const data = JSON.stringify({ method: 'GET', url: `/api/v1/contacts?page=${i}`, status: 200, ms: 4 + (i % 9) });
    return line(i * 7 * minute + 40_000, { tenant_id, route: 'GET /api/v1/contacts', message: 'request', data });
  };
  await store([
    ...Array.from({ length: 180 }, (_, i) => asked(i)),
    line(90 * minute, { ...request, message: 'reading the file' }),
    line(90 * minute - 20, {
      ...request,
      level: 50,
      message: 'the import failed',
      data: JSON.stringify({
        err: {
          type: 'Error',
          message: 'Row 17 has no name',
          stack: 'Error: Row 17 has no name\n    at readRow (import.ts:31:9)',
        },
        rows: 1200,
      }),
    }),
    line(60 * minute, {
      level: 40,
      tenant_id: other.tenant_id,
      request_id: job,
      route: 'job mail.send',
      message: 'the mail server is slow',
    }),
  ]);
  const [failed] = (await asOwner(
    world.app,
    `insert into job (tenant_id, kind, payload, state, attempts, error, finished_at)
     values ($1, 'password_reset', '{}', 'failed', 5, 'The mail server does not answer', now()) returning id`,
    [tenant_id],
  )) as { id: string }[];
  await store([
    line(minute, {
      level: 50,
      tenant_id,
      request_id: `job:${failed!.id}`,
      route: 'job password_reset',
      message: 'a job failed',
    }),
  ]);
  const { page } = await world.visit(t, olga);
  await open(page, '/settings/installation-logs');
  const lines = page.getByRole('list', { name: 'Lines', exact: true });
  await lines.getByText('the mail server is slow').waitFor();
  assert.deepEqual(await barriers(page), []);
  await picture(page, 'logs-all');

  // The bar that has the error.
  await page
    .getByRole('button', { name: /^From .* [1-9]\d* error/ })
    .first()
    .click();
  await page.waitForURL(/from=.*to=/);
  await lines.getByText('the mail server is slow').waitFor({ state: 'detached' });
  await lines.getByRole('button', { name: /the import failed: Row 17 has no name/ }).click();
  const panel = page.getByRole('complementary', { name: 'Line of the log' });
  assert.match(await textOf(panel), /Row 17 has no name.*at readRow \(import\.ts:31:9\)/s);
  assert.deepEqual(await barriers(page), []);
  await picture(page, 'logs-panel');
  const shown = panel.getByRole('link', { name: 'Open the trace' });
  assert.equal(await shown.getAttribute('href'), `https://grafana.example.com/trace/${trace_id}?from=log`);
  await panel.getByRole('button', { name: 'Lines of this request' }).click();
  await page.waitForURL(/request_id=req-7f3a/);
  await lines.getByText('reading the file').waitFor();
  await eventually(async () => (await lines.getByRole('button').count()) === 2);
  await page.goBack();
  await panel.waitFor();

  await page.getByRole('button', { name: 'Live tail' }).click();
  await page.getByText('Live: lines appear').waitFor();
  await store([line(0, { message: 'just now', level: 40 })]);
  await lines.getByText('just now').waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Paused.').waitFor();
  await picture(page, 'logs-live');

  const { page: administrators } = await world.visit(t, world.administrator, phone);
  await open(administrators, '/settings/logs?text=reading');
  await administrators.getByText('reading the file').click();
  await administrators.getByRole('link', { name: 'Audit events' }).click();
  await administrators.waitForURL(/settings\/audit\?request_id=req-7f3a/);
  await administrators.getByText('No events match these filters.').waitFor();
  await open(administrators, '/settings/logs?level=error&text=job%20failed');
  await administrators.getByText('a job failed').click();
  await administrators.getByRole('link', { name: 'The job' }).click();
  await administrators.getByText('The mail server does not answer').waitFor();
  await open(administrators, '/settings/logs?text=mail%20server');
  await administrators.getByText('Nothing was logged in this time that matches the filters.').waitFor();
  await settled(administrators);
  assert.deepEqual(await barriers(administrators), []);
  await picture(administrators, 'logs-none-phone');

  await open(administrators, `/settings/logs?user_id=${olga.user_id}`);
  await administrators.getByRole('list', { name: 'Filters' }).getByText('Olga Operator').waitFor({ timeout: 5_000 });
  await administrators.getByRole('button', { name: 'More filters' }).click();
  const person = administrators.getByRole('combobox', { name: 'Person' });
  await person.waitFor();
  assert.equal(await person.inputValue(), 'Olga Operator');
});
