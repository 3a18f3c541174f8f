import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type KitApp, startKitApp } from '../../../test/fixtures/kit/app.ts';
import { lease } from '../../../test/fixtures/kit/contract.ts';
import { typedDurationSeconds } from '../../kernel/contract/duration.ts';
import type { Resource } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';
import type { ImportTarget } from '../import/index.ts';
import { cellOf, chosenColumns } from './columns.ts';

let app: KitApp;
before(async () => {
  app = await startKitApp();
});
after(() => app.stop());

test('a duration of any length stands in a file as a spreadsheet reads it, and an import reads it again', async () => {
  const { tenant_id } = await app.tenant();
  const [column] = chosenColumns([], { contract: lease as Resource } as ImportTarget, ['notice']);
  const lengths = [0, 59, 60, 3_599, 86_400, 2_147_483_647, ...fc.sample(fc.nat(2_147_483_647), 50)];
  const cells = await withContext(app.app.services.db, systemActor(tenant_id), async (ctx) =>
    ctx.tx.many<{ cell: string }>(sql`select ${cellOf(lease as Resource, column!, false)} as cell
      from unnest(${lengths}::int[]) with ordinality as r (notice, place) order by place`),
  );
  assert.deepEqual(cells.slice(0, 5).map(({ cell }) => cell), ['0:00:00', '0:00:59', '0:01:00', '0:59:59', '24:00:00']); // biome-ignore format: one call
  assert.deepEqual(cells.map(({ cell }) => typedDurationSeconds(cell)), lengths); // biome-ignore format: one call
});
