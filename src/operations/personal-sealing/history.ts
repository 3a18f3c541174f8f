import { definedResources, type Resource } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import { hasSealableLabel } from '../../kernel/resource/label.ts';
import { keyIdRange, markText, memberTextSql, sealableFields, storedTextSql } from '../../kernel/resource/personal.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { Skip } from '../../platform/undo/contract.ts';

/** Record types with texts that a workspace may seal. */
export const sealableResources = (): Resource[] =>
  definedResources().filter((resource) => sealableFields(resource).length > 0);

/** Those of a row `r` of the type, in SQL. */
export const sealableTexts = (resource: Resource): string[] =>
  sealableFields(resource).map((field) => storedTextSql(resource.meta.get(field)!, `r.${field}`));

/** Takes such texts out of what changes of many records set, or name records by, where they are kept to be shown. */
export async function forgetBulkTexts(ctx: Context): Promise<void> {
  await forgetNames(ctx);
  for (const resource of sealableResources())
    for (const field of sealableFields(resource))
      await ctx.tx.run(sql`update change set action = action #- array['fields', ${field}::text]
        where tenant_id = ${ctx.tenant_id} and resource = ${resource.name}
          and ${sql.raw(memberTextSql(resource.meta.get(field)!, "(action -> 'fields')", field))} is not null`);
}

/** Takes names out of the records that changes left as they were, where they are names by such a text. */
async function forgetNames(ctx: Context): Promise<void> {
  const types = sealableResources()
    .filter(hasSealableLabel)
    .map(({ name }) => name);
  for (const { table, samples } of skippedSamples) {
    const column = sql.raw(samples);
    const rows = await ctx.tx.many<{
      id: string;
      samples: Skip[];
    }>(sql`select id, ${column} as samples from ${sql.table(table)}
      where tenant_id = ${ctx.tenant_id} and ${column} <> '[]' for update`);
    for (const row of rows) {
      const unnamed = JSON.stringify(row.samples.map((sample) => withoutNames(sample, types)));
      if (unnamed !== JSON.stringify(row.samples))
        await ctx.tx.run(sql`update ${sql.table(table)} set ${column} = ${unnamed}::jsonb
          where tenant_id = ${ctx.tenant_id} and id = ${row.id}`);
    }
  }
}

/** Where records are kept to be shown that changes and reversals of imports left as they were, as columns of jsonb. */
const skippedSamples = [
  { table: 'change', samples: 'skipped_samples' },
  { table: 'import', samples: "reversal['kept_samples']" },
];

function withoutNames(sample: Skip, types: readonly string[]): Skip {
  const { resource, name, referenced_by } = sample;
  const records = referenced_by?.records.filter((record) => !types.includes(record.resource)) ?? [];
  return {
    ...sample,
    name: types.includes(resource) ? null : name,
    // Of whom there is no name to say, it is said how many there are.
    ...(referenced_by && {
      referenced_by: { records, others: referenced_by.others + referenced_by.records.length - records.length },
    }),
  };
}

/** What holds for a row `h` of history where it may have a personal text, and that text, both in SQL. */
const textsOfHistory = (): { isOfType: string; text: string }[] =>
  sealableResources().flatMap((resource) =>
    sealableFields(resource).flatMap((field) =>
      ['before', 'after'].map((side) => ({
        isOfType: `h.resource = '${resource.name}'`,
        text: memberTextSql(resource.meta.get(field)!, `h.${side}`, field),
      })),
    ),
  );

const someText = (condition: (text: string) => string): string =>
  textsOfHistory()
    .map(({ isOfType, text }) => `(${isOfType} and ${condition(text)})`)
    .join(' or ');

const isSealed = (text: string): string => `starts_with(${text}, ${markText})`;

/** Whether the row `h` of history has a sealed text. */
export const sealedHistory = (): string => someText(isSealed);

/** Whether the row `h` of history has a text in the clear, or one of a key that was replaced. */
export const unsealedHistory = (replaced: string): string =>
  someText((text) => `(not ${isSealed(text)} or substring(${text} ${keyIdRange}) = any (${replaced}))`);

/** How many sealed texts rows `h` of history have. */
export const sealedInHistory = (): string =>
  textsOfHistory()
    .map(({ isOfType, text }) => `count(*) filter (where ${isOfType} and ${isSealed(text)})`)
    .join(' + ');

/** Whether a workspace has sealed texts anywhere, its history included. `tenant` is its id in SQL. */
export const hasSealedTexts = (tenant: string): string =>
  [
    ...sealableResources().map((resource) => {
      const texts = sealableTexts(resource).map(isSealed);
      return `exists (select from public.${resource.table} r where r.tenant_id = ${tenant} and (${texts.join(' or ')}))`;
    }),
    `exists (select from public.record_history h where h.tenant_id = ${tenant} and (${sealedHistory()}))`,
  ].join(' or ');
