import { scopeOf } from '../../../kernel/access/rights.ts';
import { type FieldError, invalidField, inWords, problems } from '../../../kernel/errors/problem.ts';
import { readCustomFields } from '../../../kernel/resource/custom.ts';
import { checkValues, createRows, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { bulkAction } from '../../../platform/bulk/index.ts';
import { type Skip, skipReasons } from '../../../platform/undo/contract.ts';
import { company } from '../../directory/company/contract.ts';
import { contact } from '../../directory/contact/contract.ts';
import { deal } from '../deal/contract.ts';
import { missingRequiredFields, prepareDeals } from '../deal/index.ts';
import { startDeals } from './contract.ts';
import { type Customer, readCustomers, readEmployers } from './queries.ts';

const name_characters_max = 200;
const atAction = () => 'action.';

/** Puts many contacts or companies into a pipeline, each with a deal of its own. */
export const startDealsAction = bulkAction({
  schema: startDeals,
  resources: [contact, company],
  right: 'read',
  valuesOf: deal,
  features: ['sales'],
  check: async (ctx, _resource, { kind: _, name: __, ...shared }) => {
    if (scopeOf(ctx.actor.rights, deal.right, 'create') === 'none') throw problems.forbidden();
    await refuseUniqueValues(ctx, shared);
    await prepareDeals(ctx, [shared], atAction);
    await checkValues(ctx, deal, [shared], { creating: true, errorPath: atAction });
  },
  apply: async (ctx, resource, ids, { kind: _, name, ...shared }) => {
    const customers = await readCustomers(ctx, resource, ids);
    const employers =
      resource.name === contact.name
        ? new Map((await readEmployers(ctx, ids)).map((row) => [row.id, row.company_id]))
        : null;
    const all = scopeOf(ctx.actor.rights, deal.right, 'create') === 'all';
    const inputs = customers.map(
      (customer): Values => ({
        ...shared,
        name: nameOf(customer, name),
        // Whoever may make deals for others gives them to those who know the customer.
        owner_id: (all && customer.owner_id) || ctx.actor.user_id,
        ...(employers
          ? { contact_id: customer.id, company_id: employers.get(customer.id) ?? null }
          : { company_id: customer.id }),
      }),
    );
    const prepared = await prepareDeals(ctx, inputs, atAction);
    const lacking = await missingRequiredFields(ctx, prepared);
    const sound = prepared.filter((_, index) => lacking[index]!.length === 0);
    if (sound.length > 0) await createRows(ctx, deal, sound);
    const refused = customers.flatMap(({ id, name: called }, index) =>
      lacking[index]!.length > 0 ? [refusal(resource.name, id, called, lacking[index]!)] : [],
    );
    const found = new Set(customers.map(({ id }) => id));
    const skipped = ids
      .filter((id) => !found.has(id))
      .map((id) => ({
        resource: resource.name,
        id,
        name: null,
        fields: null,
        code: 'gone' as const,
        reason: skipReasons.gone,
      }));
    return { changed: sound.length, unchanged: 0, skipped: [...refused, ...skipped] };
  },
});

async function refuseUniqueValues(ctx: Context, { custom = {} }: { custom?: Values | undefined }): Promise<void> {
  for (const field of (await readCustomFields(ctx, deal)).values()) {
    if (!field.is_unique) continue;
    const refuse = (message: string) => invalidField(`action.custom.${field.key}`, 'duplicate', message);
    // To ask for a value first would lead nowhere.
    if (field.required && field.changeable && !field.has_default)
      throw refuse(`Deals need ${field.label}, and no two may have the same: start them one by one`);
    if (custom[field.key] !== undefined && custom[field.key] !== null)
      throw refuse('No two deals may have the same value here, so it cannot be given to many at once');
  }
}

const refusal = (resource: string, id: string, name: string, lacking: readonly FieldError[]): Skip => ({
  resource,
  id,
  name,
  fields: null,
  code: 'refused',
  reason: `${inWords(lacking)}.`,
});

const nameOf = ({ name }: Customer, suffix: string | undefined) =>
  (suffix ? `${name.slice(0, name_characters_max - suffix.length - 2)}: ${suffix}` : name).slice(
    0,
    name_characters_max,
  );
