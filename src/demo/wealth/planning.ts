import { uuidV7 } from '../../kernel/database/uuid.ts';
import type { Values } from '../../kernel/resource/store.ts';
import { date, days, time } from '../clock.ts';
import type { Scene } from '../demo.ts';
import type { Family } from './families.ts';
import * as words from './words.ts';

type Row = Values & { id: string };

/** What advisers know and plan beside the books, as rows of their tables. */
interface Plans {
  profiles: Row[];
  goals: Row[];
  goalAccounts: Values[];
  suitability: Values[];
  reviews: Values[];
  documents: Row[];
  communications: Row[];
}

export function makePlans(families: readonly Family[], accounts: readonly Row[], scene: Scene): Plans {
  const plans: Plans = {
    profiles: [],
    goals: [],
    goalAccounts: [],
    suitability: [],
    reviews: [],
    documents: [],
    communications: [],
  };
  const accountsOf = Map.groupBy(accounts, ({ household_id }) => household_id);
  for (const family of families) {
    if (family.household.status === 'prospect') continue;
    identify(family, plans, scene);
    review(family, plans, scene);
    aim(family, accountsOf.get(family.household.id) ?? [], plans, scene);
    file(family, plans, scene);
    talk(family, plans, scene);
  }
  return plans;
}

const row = (at: number) => ({ id: uuidV7(), created_at: time(at), updated_at: time(at) });
const adults = ({ contacts, members }: Family) =>
  contacts.filter((_, at) => ['head', 'spouse'].includes(String(members[at]!.role)));

/** Whom the firm identified when: most in time, some overdue, a few never. */
function identify(family: Family, { profiles }: Plans, { dice, clock }: Scene): void {
  for (const contact of adults(family)) {
    const { risk_class, years } = dice.weighted([
      { risk_class: 'low', years: 5, weight: 6 },
      { risk_class: 'medium', years: 3, weight: 3 },
      { risk_class: 'high', years: 1, weight: 1 },
    ]);
    const ago = dice.chance(0.07) ? years * 365 + dice.int(3, 90) : dice.int(10, years * 365 - 5);
    profiles.push({
      ...row(family.known),
      contact_id: contact.id,
      ssn: `${dice.int(100, 665)}-${dice.int(10, 99)}-${dice.int(1000, 9999)}`,
      tax_id: null,
      date_of_birth: contact.birthday,
      risk_class,
      kyc_checked_on: dice.chance(0.03) ? null : date(clock.daysAgo(ago)),
      kyc_due_on: null,
    });
  }
}

/** The reviews up to the last one, after which the next follows by the cycle of the household. */
function review({ household, adviser, known, contacts }: Family, plans: Plans, { dice }: Scene): void {
  const last = household.last_review_on as string | null;
  const months = household.review_months as number | null;
  if (last === null || months === null) return;
  for (let at = Date.parse(last), n = 0; n < 4 && at > known; at -= days(months * 30), n++)
    plans.reviews.push({
      ...row(at + days(0.6)),
      household_id: household.id,
      held_on: date(at),
      note: dice.pick(words.reviewNotes),
      author_id: adviser.id,
    });
  const told = (contact_id: string | null) => ({
    ...row(known),
    household_id: household.id,
    contact_id,
    objective: dice.pick(['preservation', 'income', 'balanced', 'balanced', 'growth', 'growth']),
    horizon_years: dice.int(3, 25),
    risk_tolerance: dice.pick(['low', 'medium', 'medium', 'high']),
    risk_capacity: dice.pick(['low', 'medium', 'high']),
    liquidity_needs: dice.pick(['low', 'low', 'medium', 'high']),
    experience: dice.pick(['limited', 'good', 'good', 'extensive']),
    reviewed_on: last,
    remark: null,
  });
  plans.suitability.push(told(null), ...(dice.chance(0.4) ? [told(contacts[0]!.id)] : []));
}

/** What a family saves for: retirement from the accounts for it, and what else parts of the others serve. */
function aim(
  { household, contacts, members, known }: Family,
  accounts: readonly Row[],
  plans: Plans,
  { dice, clock }: Scene,
): void {
  const managed = accounts.filter(({ kind }) => kind === 'managed');
  if (managed.length === 0) return;
  const goal = (name: string, amount: number, years: number) => {
    const made = {
      ...row(known),
      household_id: household.id,
      name,
      target_amount: amount * 100,
      currency: 'USD',
      target_on: `${new Date(clock.now).getUTCFullYear() + years}-${dice.pick(['06-30', '09-01', '12-31'])}`,
      remark: null,
    };
    plans.goals.push(made);
    return made.id;
  };
  const serve = (goal_id: string, account: Row, share_numerator = 1, share_denominator = 1) =>
    plans.goalAccounts.push({ ...row(known), goal_id, account_id: account.id, share_numerator, share_denominator });
  const large = dice.pick([400_000, 600_000, 900_000, 1_500_000]) * (household.tier === 'platinum' ? 3 : 1);
  const retirement = managed.filter(({ registration }) => String(registration).endsWith('_ira'));
  if (retirement.length > 0) {
    const id = goal('Retirement', large, dice.int(2, 18));
    for (const account of retirement) serve(id, account);
  }
  const brokerage = managed.find(({ name }) => String(name).toLowerCase().includes('brokerage'));
  const education = managed.find(({ registration }) => registration === 'education');
  const child = contacts.find((_, at) => members[at]!.role === 'child');
  if (education && child) {
    const id = goal(`College for ${child.given_name}`, dice.pick([80_000, 120_000, 180_000, 240_000]), dice.int(3, 14));
    serve(id, education);
    if (brokerage && dice.chance(0.4)) serve(id, brokerage, 1, 10);
  }
  if (brokerage && dice.chance(0.55)) {
    const wish = dice.pick(words.wishes);
    serve(goal(wish.name, wish.amount, dice.int(1, 8)), brokerage, 1, 3);
  }
}

/** Papers that lie in the firm's own filing, some of them filed lately. */
function file({ household, contacts, known }: Family, { documents }: Plans, { dice, clock }: Scene): void {
  const year = new Date(clock.now).getUTCFullYear();
  for (const { type, name } of dice.some(words.papers, 0.45)) {
    const at = dice.chance(0.12) ? clock.daysAgo(dice.int(0, 12)) : clock.daysAgo(dice.int(14, 900));
    if (at < known) continue;
    const called = name.replace('{year}', String(year - 1));
    documents.push({
      ...row(at),
      household_id: household.id,
      contact_id: type === 'identity' ? contacts[0]!.id : null,
      type,
      name: called,
      dated_on: date(at - days(dice.int(1, 30))),
      storage_path: `Clients/${household.name}/${called}.pdf`,
    });
  }
}

/** What was written and said in the last two years. */
function talk(
  { household, contacts, adviser, known }: Family,
  { communications }: Plans,
  { dice, clock }: Scene,
): void {
  const client = contacts[0]!;
  for (const { kind, direction, subject, body } of dice.some(words.talks, household.tier === 'platinum' ? 0.7 : 0.35)) {
    const at = clock.working(clock.daysAgo(dice.int(1, 700)));
    if (at < known) continue;
    communications.push({
      ...row(at),
      household_id: household.id,
      contact_id: client.id,
      kind,
      direction,
      occurred_at: time(at),
      subject,
      participants: [],
      body: body.replace('{name}', String(client.given_name)).replace('{adviser}', adviser.first),
      author_id: adviser.id,
    });
  }
}
