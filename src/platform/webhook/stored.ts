import { sql } from '../../kernel/database/database.ts';
import { isSealedText, markSql, openTexts, sealsPersonal, sealTexts } from '../../kernel/resource/personal.ts';
import type { Context } from '../../kernel/tenancy/context.ts';

/** What the log keeps of a delivery: what was sent, and the response, which may repeat it. */
export interface Sent {
  payload: string | null;
  response: string | null;
}
const columns = ['payload', 'response'] as const;

const textsOf = (id: string, sent: Sent) =>
  columns.flatMap((column) => {
    const text = sent[column];
    return text === null ? [] : [{ column, text, table: 'webhook_delivery', row: id }];
  });

/** Puts the texts in the place of those of which they are another form. */
const withTexts = (sent: Sent, places: readonly { column: keyof Sent }[], texts: readonly (string | null)[]): Sent => ({
  ...sent,
  ...Object.fromEntries(places.map(({ column }, at) => [column, texts[at]])),
});

/** As it is stored: sealed where the workspace seals personal texts, for records of all types may name people. */
export async function sealSent(ctx: Context, id: string, sent: Sent): Promise<Sent> {
  if (!(await sealsPersonal(ctx))) return sent;
  const places = textsOf(id, sent);
  return withTexts(sent, places, await sealTexts(ctx, places));
}

/** What does not open is shown as if it were not kept. */
export async function openSent(ctx: Context, id: string, sent: Sent): Promise<Sent> {
  const places = textsOf(id, sent).filter(({ text }) => isSealedText(text));
  const opened = await openTexts(ctx, places);
  const texts = opened.map(({ text }) => text ?? null);
  return withTexts(sent, places, texts);
}

/** Seals what the log of a workspace has in the clear, some of it; answers of how many deliveries. */
export async function sealStoredDeliveries(ctx: Context, rows_max: number): Promise<number> {
  const rows = await ctx.tx.many<Sent & { id: string }>(sql`select id, payload, response from webhook_delivery
    where tenant_id = ${ctx.tenant_id} and (not starts_with(payload, ${markSql}) or not starts_with(response, ${markSql}))
    limit ${rows_max} for update`);
  for (const { id, ...sent } of rows) {
    const places = textsOf(id, sent).filter(({ text }) => !isSealedText(text));
    const { payload, response } = withTexts(sent, places, await sealTexts(ctx, places));
    await ctx.tx.run(sql`update webhook_delivery set payload = ${payload}, response = ${response}
      where tenant_id = ${ctx.tenant_id} and id = ${id}`);
  }
  return rows.length;
}
