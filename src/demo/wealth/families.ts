import { uuidV7 } from '../../kernel/database/uuid.ts';
import type { Values } from '../../kernel/resource/store.ts';
import { date, days, time } from '../clock.ts';
import type { Colleague, Scene } from '../demo.ts';
import * as words from './words.ts';

/** A household with everything that is known of it, as rows of their tables. */
export interface Family {
  household: Values & { id: string; name: string };
  contacts: (Values & { id: string })[];
  members: Values[];
  entities: Values[];
  relationships: Values[];
  adviser: Colleague;
  known: number;
}

interface Relative {
  given: string;
  family: string;
  born: string;
  role: 'head' | 'spouse' | 'child' | 'parent';
}

/**
 * One family for each family name. Most are a couple with children; some live alone, some with a parent, some left to
 * found their own household.
 */
export const makeFamilies = (scene: Scene): Family[] => {
  const advisers = scene.staff.filter(({ role }) => role === 'advisor');
  return words.families.map((name, index) => makeFamily(name, advisers[index % advisers.length]!, scene));
};

function makeFamily(family: string, adviser: Colleague, { dice, clock }: Scene): Family {
  const known = clock.working(clock.daysAgo(dice.int(30, 3_000)));
  const relatives = relativesOf(family, { dice, clock });
  const [head, ...others] = relatives;
  const spouse = others.find(({ role }) => role === 'spouse');
  const tier = dice.weighted([
    { tier: 'platinum', months: 3, weight: 1 },
    { tier: 'gold', months: 6, weight: 3 },
    { tier: 'silver', months: 12, weight: 5 },
    { tier: 'bronze', months: 12, weight: 2 },
  ]);
  const status = dice.weighted([
    { status: 'active', weight: 17 },
    { status: 'prospect', weight: 2 },
    { status: 'inactive', weight: 1 },
  ]).status;
  const town = dice.pick(words.towns);
  const address = {
    street: `${dice.int(2, 480)} ${dice.pick(words.streets)}`,
    city: town.city,
    region: town.region,
    postal_code: dice.digits(town.postal_code),
    country: 'United States',
  };
  const created_at = time(known);
  const next = status === 'active' ? clock.now + days(dice.int(-20, tier.months * 30)) : null;
  const household = {
    id: uuidV7(),
    name: dice.chance(0.7)
      ? `${family} family`
      : spouse
        ? `${head!.given} & ${spouse.given} ${family}`
        : `${head!.given} ${family}`,
    status,
    tier: status === 'prospect' ? null : tier.tier,
    review_months: status === 'prospect' ? null : tier.months,
    last_review_on: next && date(next - days(tier.months * 30)),
    next_review_on: next && date(next),
    salutation: spouse ? `Dear ${head!.given} and ${spouse.given}` : `Dear ${head!.given}`,
    ...address,
    owner_id: adviser.id,
    custom: {},
    created_at,
    updated_at: created_at,
  };
  const contacts = relatives.map((relative) => ({
    id: uuidV7(),
    given_name: relative.given,
    family_name: relative.family,
    email: relative.role === 'child' ? null : addressOf(relative),
    phone: relative.role === 'child' ? null : dice.digits('+1 617 555 0###'),
    birthday: relative.born,
    job_title: relative.role === 'child' ? null : dice.pick(words.professions),
    ...address,
    owner_id: adviser.id,
    custom: {},
    created_at,
    updated_at: created_at,
  })); // biome-ignore format: a column a line
  const row = { household_id: household.id, from_on: date(known), created_at, updated_at: created_at };
  const ended = { until_on: null as string | null };
  const members = contacts.map(({ id }, at) => ({
    id: uuidV7(),
    contact_id: id,
    role: relatives[at]!.role,
    ...row,
    ...ended,
  }));
  const relation = (from: number, kind: string, to: number) => ({
    id: uuidV7(),
    contact_id: contacts[from]!.id,
    kind,
    of_contact_id: contacts[to]!.id,
    of_entity_id: null,
    ...noShare,
    ...row,
  });
  const relationships: Values[] = relatives.flatMap(({ role }, at) => {
    if (role === 'spouse') return [relation(0, 'spouse', at)];
    if (role === 'child') return [relation(0, 'parent', at)];
    return role === 'parent' ? [relation(at, 'parent', 0)] : [];
  });
  const entities: Values[] = [];
  if (dice.chance(tier.tier === 'platinum' ? 0.9 : 0.3)) {
    const id = uuidV7();
    const kind = dice.pick(['trust', 'trust', 'llc', 'foundation']);
    const called = {
      trust: `${family} Family Trust`,
      llc: `${family} Holdings LLC`,
      foundation: `${family} Foundation`,
    }[kind];
    entities.push({
      id,
      name: called,
      kind,
      household_id: household.id,
      jurisdiction: dice.pick(['Massachusetts', 'Delaware', 'New Hampshire']),
      formed_on: date(clock.daysAgo(dice.int(400, 6_000))),
      custom: {},
      created_at,
      updated_at: created_at,
    });
    const toEntity = (from: number, kind: string, share: object = noShare) => ({
      id: uuidV7(),
      contact_id: contacts[from]!.id,
      kind,
      of_contact_id: null,
      of_entity_id: id,
      ...share,
      ...row,
    });
    relationships.push(
      toEntity(
        0,
        kind === 'llc' ? 'owner' : 'trustee',
        kind === 'llc' ? { share_numerator: 1, share_denominator: 1 } : noShare,
      ),
    );
    const children = relatives.flatMap(({ role }, at) => (role === 'child' ? [at] : []));
    if (kind === 'trust')
      for (const at of children)
        relationships.push(
          toEntity(at, 'primary_beneficiary', { share_numerator: 1, share_denominator: children.length }),
        );
  }
  return { household, contacts, members, entities, relationships, adviser, known };
}

const addressOf = ({ given, family }: Relative): string => {
  const name = `${given}.${family}`.toLowerCase().normalize('NFD');
  return `${name.replace(/[^a-z.]/g, '')}@mail.example`;
};

const noShare = { share_numerator: null, share_denominator: null };

function relativesOf(family: string, { dice, clock }: Pick<Scene, 'dice' | 'clock'>): Relative[] {
  const age = dice.int(34, 82);
  const born = (years: number) => date(clock.daysAgo(years * 365 + dice.int(0, 364)));
  const woman = dice.chance(0.5);
  const taken = new Set<string>();
  const given = (female: boolean): string => {
    const name = dice.pick(female ? words.women : words.men);
    if (taken.has(name)) return given(female);
    taken.add(name);
    return name;
  };
  const relatives: Relative[] = [{ given: given(woman), family, born: born(age), role: 'head' }];
  if (dice.chance(0.72))
    relatives.push({ given: given(!woman), family, born: born(age + dice.int(-6, 6)), role: 'spouse' });
  const children = dice.weighted([
    { count: 0, weight: 3 },
    { count: 1, weight: 3 },
    { count: 2, weight: 5 },
    { count: 3, weight: 2 },
  ]).count;
  for (let i = 0; i < children; i++) {
    const years = Math.max(1, age - 29 - i * dice.int(2, 4));
    relatives.push({ given: given(dice.chance(0.5)), family, born: born(years), role: 'child' });
  }
  if (age < 60 && dice.chance(0.08))
    relatives.push({ given: given(true), family, born: born(age + 28), role: 'parent' });
  return relatives;
}
