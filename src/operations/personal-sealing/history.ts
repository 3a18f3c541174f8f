import { definedResources, type Resource } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import { keyIdRange, markText, sealableFields } from '../../kernel/resource/personal.ts';
import type { Context } from '../../kernel/tenancy/context.ts';

/** Record types with texts that a workspace may seal. */
export const sealableResources = (): Resource[] =>
  definedResources().filter((resource) => sealableFields(resource).length > 0);

export const sealableTypes = (): string[] => sealableResources().map(({ name }) => name);

/** Takes such texts out of what changes of many records set, where they are kept to be shown. */
export async function forgetBulkTexts(ctx: Context): Promise<void> {
  for (const resource of sealableResources())
    for (const field of sealableFields(resource))
      await ctx.tx.run(sql`update change set action = action #- array['fields', ${field}::text]
        where tenant_id = ${ctx.tenant_id} and resource = ${resource.name}
          and jsonb_typeof(action #> array['fields', ${field}::text]) = 'string'`);
}

/** What holds for a row `h` of history where it may have a personal text, and that text, both in SQL. */
const textsOfHistory = (): { isOfType: string; text: string }[] =>
  sealableResources().flatMap((resource) =>
    sealableFields(resource).flatMap((field) =>
      ['before', 'after'].map((side) => ({
        isOfType: `h.resource = '${resource.name}'`,
        text: `h.${side} ->> '${field}'`,
      })),
    ),
  );

const someText = (condition: (text: string) => string): string =>
  textsOfHistory()
    .map(({ isOfType, text }) => `(${isOfType} and ${condition(`(${text})`)})`)
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
    .map(({ isOfType, text }) => `count(*) filter (where ${isOfType} and ${isSealed(`(${text})`)})`)
    .join(' + ');

/** Whether a workspace has sealed texts anywhere, its history included. `tenant` is its id in SQL. */
export const hasSealedTexts = (tenant: string): string =>
  [
    ...sealableResources().map((resource) => {
      const texts = sealableFields(resource).map((field) => isSealed(`r.${field}`));
      return `exists (select from public.${resource.table} r where r.tenant_id = ${tenant} and (${texts.join(' or ')}))`;
    }),
    `exists (select from public.record_history h where h.tenant_id = ${tenant} and (${sealedHistory()}))`,
  ].join(' or ');
