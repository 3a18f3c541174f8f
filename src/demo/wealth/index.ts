import type { Resource } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import { uuidV7 } from '../../kernel/database/uuid.ts';
import { sealRows } from '../../kernel/resource/sealed.ts';
import type { Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { clientProfile } from '../../modules/wealth/client-profile/contract.ts';
import { communication } from '../../modules/wealth/communication/contract.ts';
import { document } from '../../modules/wealth/document/contract.ts';
import { financialAccount } from '../../modules/wealth/financial-account/contract.ts';
import { date, days, time } from '../clock.ts';
import type { Demo, Scene } from '../demo.ts';
import { insertRows } from '../insert.ts';
import { keepBooks } from './accounts.ts';
import { type Family, makeFamilies } from './families.ts';
import { makeMarket } from './market.ts';
import { makePlans } from './planning.ts';
import { custodians } from './securities.ts';
import { notes, reviewTasks, staff } from './words.ts';

/** An advisory firm in Boston with 120 households, four advisers and two assistants. */
export const wealthDemo: Demo = {
  product: 'wealth',
  with: ['insight'],
  workspace: { name: 'ellery', title: 'Ellery & Reyes Wealth', currency: 'USD', domain: 'ellery.example' },
  teams: [
    { name: 'Advisers', region: null },
    { name: 'Client service', region: null },
  ],
  staff,
  fill,
};

async function fill(ctx: Context, scene: Scene): Promise<void> {
  const families = makeFamilies(scene);
  await insertRows(
    ctx,
    'household',
    families.map(({ household }) => household),
  );
  // The trigger made the primary advisers' rows from today on.
  await ctx.tx.run(sql`update household_adviser a set from_on = h.created_at::date from household h
    where a.tenant_id = ${ctx.tenant_id} and h.tenant_id = a.tenant_id and h.id = a.household_id and a.role = 'primary'`);
  await insertRows(
    ctx,
    'contact',
    families.flatMap(({ contacts }) => contacts),
  );
  await insertRows(
    ctx,
    'household_member',
    families.flatMap(({ members }) => members),
  );
  await insertRows(
    ctx,
    'legal_entity',
    families.flatMap(({ entities }) => entities),
  );
  await insertRows(
    ctx,
    'relationship',
    families.flatMap(({ relationships }) => relationships),
  );
  await insertRows(ctx, 'household_adviser', accessRows(families, scene));
  await insertRows(
    ctx,
    'note',
    scene.dice.some([...families, ...families], 0.6).map((family) => noteRow(family, scene)),
  );
  await insertRows(
    ctx,
    'task',
    scene.dice.some(families, 0.5).map((family) => taskRow(family, scene)),
  );
  await fillBooks(ctx, families, scene);
}

/** What the families hold, with ten years of prices. */
async function fillBooks(ctx: Context, families: readonly Family[], scene: Scene): Promise<void> {
  const market = makeMarket(scene.dice, scene.clock);
  const keepers = custodians.map((one) => ({ id: uuidV7(), ...one, custom: {} }));
  const books = keepBooks(families, market, new Map(keepers.map(({ id, name }) => [name, id])), scene);
  await insertRows(ctx, 'custodian', keepers);
  await insertRows(ctx, 'financial_security', market.all.map(({ row }) => row));
  await insertRows(ctx, 'price', market.all.flatMap(({ id, prices }) =>
    prices.map(({ day, price }) => ({ id: uuidV7(), security_id: id, day, price, source: 'Demo' })),
  ));
  await insertRows(ctx, 'exchange_rate', market.rates.map(({ currency, day, rate }) =>
    ({ id: uuidV7(), currency, in_currency: 'USD', day, rate, source: 'Demo' }),
  ));
  await insertRows(ctx, 'financial_account', await sealed(ctx, financialAccount, books.accounts));
  await insertRows(ctx, 'account_owner', books.owners);
  await insertRows(ctx, 'account_transaction', books.transactions);
  await insertRows(ctx, 'account_position', disputed(books.positions, books.accounts));
  await fillPlans(ctx, makePlans(families, books.accounts, scene));
} // biome-ignore format: a table a line

async function fillPlans(ctx: Context, plans: ReturnType<typeof makePlans>): Promise<void> {
  await insertRows(ctx, 'client_profile', await sealed(ctx, clientProfile, plans.profiles));
  await insertRows(ctx, 'goal', plans.goals);
  await insertRows(ctx, 'goal_account', plans.goalAccounts);
  await insertRows(ctx, 'suitability_profile', plans.suitability);
  await insertRows(ctx, 'client_review', plans.reviews);
  await insertRows(ctx, 'document', await sealed(ctx, document, plans.documents));
  await insertRows(ctx, 'communication', await sealed(ctx, communication, plans.communications));
}

/** Rows as they are stored: what is sealed is an envelope, written as PostgreSQL reads bytes. */
async function sealed(ctx: Context, resource: Resource, rows: Values[]): Promise<Values[]> {
  await sealRows(ctx, resource, rows);
  const bytes = (value: unknown) => (Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : value);
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, bytes(value)])));
}

/** What custodians say, a few of whose numbers differ from the transactions: breaks to reconcile. */
function disputed(positions: readonly Values[], accounts: readonly Values[]): Values[] {
  const brokerages = accounts.filter(({ name }) => String(name).includes('rokerage')).map(({ id }) => id);
  const wrong = new Map(brokerages.filter((_, at) => at % 15 === 7).map((id, at) => [id, at]));
  const seen = new Set<unknown>();
  return positions.map((position) => {
    const at = wrong.get(position.account_id);
    if (at === undefined || position.security_id === null || seen.has(position.account_id)) return position;
    seen.add(position.account_id);
    // Twice as many, as after a split that nobody told of; or some fewer.
    const quantity = Number(position.quantity);
    return { ...position, quantity: at % 2 === 0 ? quantity * 2 : Math.max(1, quantity - 10) };
  });
}

/** A second adviser for the larger families, and the team of assistants for all. */
function accessRows(families: readonly Family[], { dice, clock, staff }: Scene): Record<string, unknown>[] {
  const advisers = staff.filter(({ role }) => role === 'advisor');
  const assistants = staff.filter(({ role }) => role === 'assistant');
  return families.flatMap(({ household, adviser, known }) => {
    const row = (user_id: string, role: string, until_on: string | null, reason: string | null) => ({
      id: uuidV7(), household_id: household.id, user_id, role, from_on: date(known), until_on, reason,
    }); // biome-ignore format: one line
    const others = advisers.filter(({ id }) => id !== adviser.id);
    return [
      ...(household.tier === 'platinum' ? [row(dice.pick(others).id, 'secondary', null, null)] : []),
      ...(dice.chance(0.06)
        ? [row(dice.pick(others).id, 'grant', date(clock.now + days(dice.int(3, 20))), 'Holiday cover')]
        : []),
      row(assistants[adviser.first.length % assistants.length]!.id, 'grant', null, 'Assistant of the adviser'),
    ];
  });
}

function noteRow({ household, adviser, known }: Family, { dice, clock }: Scene): Record<string, unknown> {
  const at = time(clock.working(clock.daysAgo(dice.int(1, Math.max(2, (clock.now - known) / days(1))))));
  return {
    id: uuidV7(),
    records: [household.id],
    body: `<p>${dice.pick(notes)}</p>`,
    author_id: adviser.id,
    created_at: at,
    updated_at: at,
  };
}

function taskRow({ household, adviser }: Family, { dice, clock }: Scene): Record<string, unknown> {
  const at = time(clock.working(clock.daysAgo(dice.int(0, 12))));
  const due = time(clock.working(clock.now + days(dice.int(-3, 25)), true));
  return {
    id: uuidV7(),
    records: [household.id],
    title: dice.pick(reviewTasks),
    due_at: due,
    assignee_id: adviser.id,
    created_at: at,
    updated_at: at,
  };
}
