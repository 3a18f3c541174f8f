import { uuidV7 } from '../../kernel/database/uuid.ts';
import type { Values } from '../../kernel/resource/store.ts';
import { date, days } from '../clock.ts';
import type { Scene } from '../demo.ts';
import type { Family } from './families.ts';
import { type Listing, type Market, priceOn } from './market.ts';
import { models } from './securities.ts';

type Row = Values & { id: string };

/** The accounts of all families with what happened in them, as rows of their tables. */
interface Books {
  accounts: Row[];
  owners: Values[];
  transactions: Values[];
  positions: Values[];
}

interface Owner {
  contact_id?: string;
  legal_entity_id?: string;
  role: 'owner' | 'primary_beneficiary' | 'contingent_beneficiary';
  /** Absent: with survivorship. */
  of?: number;
}

export function keepBooks(
  families: readonly Family[],
  market: Market,
  custodians: ReadonlyMap<string, string>,
  scene: Scene,
): Books {
  const books: Books = { accounts: [], owners: [], transactions: [], positions: [] };
  for (const family of families) openAccounts(family, { market, custodians, scene, books });
  return books;
}

interface Desk {
  market: Market;
  custodians: ReadonlyMap<string, string>;
  scene: Scene;
  books: Books;
}

const minor_years = 18;
const wealth: Readonly<Record<string, number>> = {
  platinum: 3_200_000,
  gold: 1_300_000,
  silver: 520_000,
  bronze: 190_000,
};

/** What a family of its kind has: what the firm manages, a plan at work, cash at a bank, and a mortgage. */
function openAccounts(family: Family, desk: Desk): void {
  const { dice, clock } = desk.scene;
  const { household, contacts, members, entities, known } = family;
  const people = contacts.map((contact, at) => ({
    id: contact.id,
    given: String(contact.given_name),
    role: String(members[at]!.role),
    age: (clock.now - Date.parse(String(contact.birthday))) / days(365.25),
  }));
  const head = people[0]!;
  const spouse = people.find(({ role }) => role === 'spouse');
  const children = people.filter(({ role }) => role === 'child');
  const isClient = household.status !== 'prospect';
  const fortune = (wealth[String(household.tier)] ?? 400_000) * (0.6 + dice.roll() * 0.9);
  const open = (name: string, registration: string, kind: string, custodian: string, more: Values = {}): Row => {
    const opened = kind === 'managed' ? date(known) : date(clock.daysAgo(dice.int(600, 4_000)));
    const row: Row = {
      id: uuidV7(),
      name,
      household_id: household.id,
      custodian_id: desk.custodians.get(custodian)!,
      account_number: dice.digits('####-#####'),
      registration,
      kind,
      currency: 'USD',
      benchmark_id: kind === 'managed' ? desk.market.listings.get('M6040')!.id : null,
      opened_on: opened,
      closed_on: null,
      custom: {},
      created_at: household.created_at,
      updated_at: household.created_at,
      ...more,
    };
    desk.books.accounts.push(row);
    return row;
  };
  const all = (id: string): Owner[] => [{ contact_id: id, role: 'owner', of: 1 }];
  const jointly = spouse ? 'joint_survivorship' : 'individual';
  const couple: Owner[] = spouse ? [head, spouse].map(({ id }) => ({ contact_id: id, role: 'owner' })) : all(head.id);
  /** The other one of a couple first, then the children, each with an equal part. */
  const heirs = (of: string): Owner[] => {
    const other = [head, spouse].find((one) => one && spouse && one.id !== of);
    return [
      ...(other ? [{ contact_id: other.id, role: 'primary_beneficiary' as const, of: 1 }] : []),
      ...children.map(
        ({ id }): Owner => ({
          contact_id: id,
          role: other ? 'contingent_beneficiary' : 'primary_beneficiary',
          of: children.length,
        }),
      ),
    ];
  };
  const own = (account: Row, owners: readonly Owner[]) =>
    desk.books.owners.push(...owners.map((owner) => ownerRow(account, owner)));
  const main = dice.pick(['Commonwealth Trust & Custody', 'Fairmount Brokerage Services', 'Pilgrim Institutional']);
  if (isClient) {
    const inCommon = spouse !== undefined && dice.chance(0.3);
    const brokerage = open(
      spouse ? 'Joint brokerage' : 'Brokerage',
      inCommon ? 'joint_common' : jointly,
      'managed',
      main,
    );
    own(brokerage, inCommon ? couple.map((owner) => ({ ...owner, of: 2 })) : couple);
    invest(brokerage, fortune * 0.5, desk, family, dice.pick(models).name);
    const ira = open(`${head.given}’s IRA`, 'traditional_ira', 'managed', main);
    own(ira, [...all(head.id), ...heirs(head.id)]);
    invest(ira, fortune * 0.25, desk, family, dice.pick(['growth', 'balanced', 'income']));
    if (spouse && dice.chance(0.6)) {
      const roth = open(`${spouse.given}’s Roth IRA`, 'roth_ira', 'managed', main);
      own(roth, [...all(spouse.id), ...heirs(spouse.id)]);
      invest(roth, fortune * 0.08, desk, family, 'growth');
    }
    for (const { id, kind, name } of entities as { id: string; kind: string; name: string }[]) {
      const held = open(name, kind === 'trust' ? 'trust' : 'entity', 'managed', main);
      own(held, [{ legal_entity_id: id, role: 'owner', of: 1 }]);
      invest(held, fortune * 0.4, desk, family, dice.pick(['global', 'balanced', 'shares']));
    }
    for (const child of children.filter(({ age }) => age < minor_years).slice(0, 1))
      if (dice.chance(0.6)) {
        const plan = open(`529 for ${child.given}`, 'education', 'managed', main);
        own(plan, all(head.id));
        invest(plan, 24_000 + dice.int(0, 60_000), desk, family, 'growth');
      }
  }
  if (head.age < 66 && dice.chance(0.6)) {
    const plan = open(`${head.given}’s 401(k)`, 'employer_plan', 'held_away', 'Pilgrim Institutional');
    own(plan, [...all(head.id), ...heirs(head.id)]);
    const fund = desk.market.listings.get(head.age > 48 ? 'MTRTX' : 'MTRFX')!;
    report(plan, fund, (fortune * 0.3) / fund.prices.at(-1)!.price, desk);
  }
  if (dice.chance(0.55)) {
    const savings = open('Savings', jointly, 'held_away', 'Old Colony Savings Bank');
    own(savings, couple);
    reportCash(savings, dice.int(12, 180) * 1_000 + dice.int(0, 99_999) / 100, desk);
  }
  if (dice.chance(0.1)) {
    const abroad = open('Depot in Frankfurt', 'individual', 'held_away', 'Bankhaus Lindenthal', { currency: 'EUR' });
    own(abroad, all(head.id));
    report(abroad, desk.market.listings.get('EULC')!, dice.int(300, 2_400), desk);
    reportCash(abroad, dice.int(1_000, 30_000), desk);
  }
  if (head.age < 70 && dice.chance(0.5)) {
    const mortgage = open('Mortgage', jointly, 'liability', 'Old Colony Savings Bank');
    own(mortgage, couple);
    reportCash(mortgage, -(dice.int(90, 720) * 1_000 + dice.int(0, 99_999) / 100), desk);
  }
  // Just opened, or asked for: nothing is known of it yet.
  if (isClient && dice.chance(0.04)) {
    const opened_on = date(clock.daysAgo(dice.int(1, 9)));
    own(open(`${head.given}’s rollover IRA`, 'traditional_ira', 'managed', main, { opened_on }), all(head.id));
  }
}

const ownerRow = ({ id, opened_on }: Row, { contact_id, legal_entity_id, role, of }: Owner): Values => ({
  id: uuidV7(), account_id: id, contact_id: contact_id ?? null, legal_entity_id: legal_entity_id ?? null, role,
  share_numerator: of === undefined ? null : 1, share_denominator: of ?? null, from_on: opened_on,
}); // biome-ignore format: one row

const round = (value: number, decimals = 2): number => Number(value.toFixed(decimals));

interface Held {
  listing: Listing;
  quantity: number;
  cost: number | null;
}

/**
 * An account that the firm manages: paid in, invested by a model, with income, quarterly fees, and something in or out
 * each year.
 */
function invest(
  account: Row,
  amount: number,
  { market, scene, books }: Desk,
  { known, household }: Family,
  model: string,
): void {
  const { dice } = scene;
  const held = new Map<string, Held>();
  let cash = 0;
  const opening = market.tradingDays.find((day) => day >= date(known)) ?? market.tradingDays.at(-1)!;
  const quarters = market.quarterEnds.filter((day) => day > opening);
  /** A growing market makes of what was paid in what the family has today. */
  const paid = round(amount / 1.05 ** (quarters.length / 4), 0);
  const note = (traded_on: string, kind: string, values: Values) => {
    const { currency = 'USD', amount: moved = 0 } = values;
    if (currency === 'USD') cash = round(cash + Number(moved));
    books.transactions.push({
      id: uuidV7(),
      account_id: account.id,
      traded_on,
      settled_on: null,
      kind,
      security_id: null,
      quantity: null,
      price: null,
      amount: null,
      description: null,
      ...values,
      currency,
    });
  };
  const ratesTo = (currency: string, day: string) =>
    currency === 'USD'
      ? 1
      : (market.rates.findLast((rate) => rate.currency === currency && rate.day <= day)?.rate ?? 1);
  const worth = ({ listing, quantity }: Held, day: string) =>
    ((quantity * priceOn(listing, day)!) / (listing.units ?? 1)) * ratesTo(listing.currency, day);
  /** What is in another currency is bought with dollars that are exchanged on the same day. */
  const trade = (day: string, listing: Listing, dollars: number) => {
    const price = priceOn(listing, day)!;
    const units = listing.units ?? 1;
    const rate = ratesTo(listing.currency, day);
    const before = held.get(listing.id) ?? { listing, quantity: 0, cost: 0 };
    const wanted = round((dollars / rate / price) * units, listing.price > 1_000 ? 4 : 2);
    const quantity = Math.max(wanted, -before.quantity);
    if (quantity === 0) return;
    const value = round((quantity * price) / units);
    if (listing.currency !== 'USD') {
      note(day, 'exchange', { amount: round(-value * rate), description: `Exchange with ${listing.currency}` });
      note(day, 'exchange', { amount: value, currency: listing.currency, description: 'Exchange with USD' });
    }
    note(day, quantity < 0 ? 'sell' : 'buy', {
      security_id: listing.id,
      quantity,
      price,
      amount: -value,
      currency: listing.currency,
      settled_on: nextDay(day),
    });
    const share = quantity < 0 ? 1 + quantity / before.quantity : 1;
    const cost = before.cost === null ? null : quantity < 0 ? before.cost * share : before.cost + value;
    held.set(listing.id, { listing, quantity: round(before.quantity + quantity, 8), cost });
  };
  const isMoved = dice.chance(0.3);
  note(opening, isMoved ? 'transfer_in' : 'deposit', {
    amount: paid,
    description: isMoved ? 'Transfer from the previous adviser' : 'First deposit',
  });
  const parts = Object.entries(models.find(({ name }) => name === model)!.parts).map(([ticker, share]) => ({
    listing: market.listings.get(ticker)!,
    share,
  }));
  for (const { listing, share } of parts) trade(opening, listing, paid * share);
  if (household.tier === 'platinum' && amount > 900_000)
    for (const [name, chance] of [
      ['Harbor Lane Private Equity Fund III', 0.5],
      ['Kestrel Ridge Private Credit Fund', 0.15],
    ] as const)
      if (dice.chance(chance)) transferIn(market.listings.get(name)!, 0.06);
  if (dice.chance(0.12)) transferIn(market.listings.get(dice.pick(['OSTR', 'ALDW', 'NGEC', 'BTC']))!, 0.08);
  /** From elsewhere, of unknown cost. */
  function transferIn(listing: Listing, share: number) {
    const price = priceOn(listing, opening);
    if (price === undefined) return;
    const quantity = round((paid * share) / price, listing.price > 1_000 ? 4 : 0);
    if (quantity <= 0) return;
    note(opening, 'transfer_in', { security_id: listing.id, quantity, price, description: 'Transfer in kind' });
    held.set(listing.id, { listing, quantity: quantity + (held.get(listing.id)?.quantity ?? 0), cost: null });
  }
  for (const [at, day] of quarters.entries()) {
    const total = [...held.values()].reduce((sum, one) => sum + worth(one, day), cash);
    const payers = [...held.values()].filter(
      ({ listing, quantity }) => listing.yield > 0 && quantity > 0 && listing.currency === 'USD',
    );
    for (const one of payers.filter((_, place) => (place + at) % 4 === 0)) {
      const { listing } = one;
      const income = round(worth(one, day) * listing.yield);
      if (income > 0) note(day, listing.pays ?? 'dividend', { security_id: listing.id, amount: income });
    }
    const fee = round((total * 0.0085) / 4);
    if (cash < fee) trade(day, largest(held, day, worth).listing, -(fee - cash + total * 0.01));
    note(day, 'fee', {
      amount: -fee,
      description: `Advisory fee Q${Math.ceil(Number(day.slice(5, 7)) / 3)} ${day.slice(0, 4)}`,
    });
    if (at % 4 === 3) {
      const moved = round(total * (0.01 + dice.roll() * 0.04), 0);
      if (account.registration === 'education' || dice.chance(0.45))
        note(day, 'deposit', { amount: moved, description: 'Contribution' });
      else {
        if (cash < moved) trade(day, largest(held, day, worth).listing, -(moved - cash + total * 0.01));
        note(day, 'withdrawal', {
          amount: -moved,
          description: account.registration === 'traditional_ira' ? 'Required distribution' : 'Withdrawal',
        });
      }
    }
    if (cash > total * 0.04) trade(day, dice.pick(parts).listing, cash - total * 0.015);
  }
  for (const one of held.values()) report(account, one.listing, one.quantity, { market, scene, books }, one.cost);
  reportCash(account, cash, { market, scene, books });
}

const nextDay = (day: string) => date(Date.parse(day) + days(new Date(day).getUTCDay() === 5 ? 3 : 1));

const largest = (held: ReadonlyMap<string, Held>, day: string, worth: (one: Held, day: string) => number): Held =>
  [...held.values()]
    .filter(({ listing }) => listing.currency === 'USD' && listing.quarterly === undefined)
    .reduce((most, one) => (worth(one, day) > worth(most, day) ? one : most));

type Reporting = Pick<Desk, 'market' | 'scene' | 'books'>;

/** What the custodian says of the last day with prices. */
function report(
  account: Row,
  listing: Listing,
  quantity: number,
  { market, books }: Reporting,
  cost: number | null = null,
): void {
  if (quantity <= 0) return;
  const day = market.tradingDays.at(-1)!;
  const price = priceOn(listing, day)!;
  books.positions.push({
    id: uuidV7(),
    account_id: account.id,
    day,
    security_id: listing.id,
    currency: listing.currency,
    quantity: round(quantity, 4),
    price,
    value: round((quantity * price) / (listing.units ?? 1)),
    cost: cost === null ? null : round(cost),
  });
}

function reportCash(account: Row, amount: number, { market, books }: Reporting): void {
  const day = market.tradingDays.at(-1)!;
  books.positions.push({
    id: uuidV7(),
    account_id: account.id,
    day,
    security_id: null,
    currency: account.currency,
    quantity: round(amount),
    price: null,
    value: round(amount),
    cost: null,
  });
}
