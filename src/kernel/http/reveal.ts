import { z } from 'zod';
import { scopeOf } from '../access/rights.ts';
import { filled } from '../contract/names.ts';
import { idParams, type Resource, resourceOfTable } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { Problem, problems } from '../errors/problem.ts';
import { baseConditions } from '../resource/list.ts';
import { openedValues, sealedFields } from '../resource/sealed.ts';
import { type Context, withContext } from '../tenancy/context.ts';
import { type Route, route } from './route.ts';

/** How long somebody may look at a value before they ask again. */
const shown_seconds = 60;
const reason_characters_max = 500;

const revealed = z
  .object({
    field: z.string(),
    /** Null: there is none. */
    value: z.string().nullable(),
    /** When whoever shows it shows the mask again. */
    expires_at: z.iso.datetime(),
  })
  .meta({ id: 'RevealedValue' });

/**
 * The route that opens a sealed value of a record, for a record type that has any. It answers nothing that is stored:
 * no Idempotency-Key, no cache.
 */
export function revealRoutes(resource: Resource): Route[] {
  const fields = [...sealedFields(resource).keys()] as [string, ...string[]];
  if (fields.length === 0) return [];
  return [
    route({
      method: 'POST',
      path: `/api/v1/${resource.plural}/{id}/reveal`,
      tag: resource.plural.replace(/-/g, ' ').replace(/^./, (c) => c.toUpperCase()),
      summary: `Open a sealed value of a ${resource.title}`,
      access: { resource: resource.right, action: 'read' },
      params: idParams,
      transaction: false,
      status: 200,
      response: revealed,
      body: z.strictObject({ field: z.enum(fields), reason: filled(reason_characters_max) }),
      handler: async ({ db, actor, refuseChanged }, { params, body, request }) => {
        if (scopeOf(actor!.rights, 'reveal', 'read') === 'none') throw problems.forbidden();
        const origin = { ip: request.ip, request_id: request.id };
        const value = await withContext(
          db,
          actor!,
          async (ctx) => {
            const opened = await reveal(ctx, resource, params.id, body);
            await refuseChanged();
            return opened;
          },
          origin,
        );
        const expires_at = new Date(Date.now() + shown_seconds * 1000).toISOString();
        return { body: { field: body.field, value, expires_at }, headers: { 'cache-control': 'no-store' } };
      },
    }),
  ];
}

async function reveal(
  ctx: Context,
  resource: Resource,
  id: string,
  { field, reason }: { field: string; reason: string },
): Promise<string | null> {
  const { keyOf } = sealedFields(resource).get(field)!;
  const subject = keyOf === undefined ? sql`null::uuid` : sql.ref(`r.${keyOf}`);
  const conditions = sql.join([...baseConditions(ctx, resource), sql`r.id = ${id}`], sql` and `);
  const row = await ctx.tx.maybe<{ id: string; subject: string | null; [field: string]: unknown }>(
    sql`select r.id, ${subject} as subject, ${sql.ref(`r.${field}`)} from ${sql.table(resource.table)} r where ${conditions}`,
  );
  if (!row) throw problems.notFound(resource.title);
  if (row[field] === null) return null;
  const [opened] = await openedValues(ctx, resource, [row]);
  if (opened?.missing_key !== undefined) throw problems.keyMissing(opened.missing_key);
  if (opened?.text === undefined)
    throw new Problem(
      409,
      'value_damaged',
      'This value does not open',
      'What is stored was changed, moved, or sealed with a key that is not here any more. Write the value again.',
    );
  const what = JSON.stringify({ type: resource.name, id: row.id, field, reason });
  // Of a person's values the trail says it of the person: whoever asks what was seen of somebody finds it there.
  const person = resourceOfTable(resource.meta.get(keyOf ?? '')?.table);
  const [about, record] = person && row.subject !== null ? [person.name, row.subject] : [resource.name, row.id];
  await ctx.tx.run(sql`select app.record_event('reveal', ${about}, ${record}, null, ${what}::jsonb)`);
  return opened.text;
}
