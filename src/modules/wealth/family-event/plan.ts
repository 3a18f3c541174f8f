import { invalidField } from '../../../kernel/errors/problem.ts';
import type { FamilyEvent, FamilyEventAnswer } from './contract.ts';
import type { Account, Adviser, Household, Member, Named, Owner, Relationship } from './situation.ts';

/** A household that there is, or the one that the event makes. */
type Target = Named | null;
type Role = Member['role'];

/** What an event changes, before it is written. */
export interface Plan {
  on: string;
  /** The name of a household that is made. */
  created: string | null;
  /** The household that is a former one afterwards. */
  ended: Household | null;
  died: Named | null;
  joins: { to: Target; contact: Named; role: Role }[];
  leaves: { from: Household; member: Member; until_on: string }[];
  roles: { of: Household; member: Member; role: Role }[];
  begins: { to: Target; one: Named; other: Named }[];
  ends: { relationship: Relationship; until_on: string }[];
  moves: { relationship: Relationship; to: Target }[];
  accounts: { from: Household; account: Account; to: Target }[];
  entities: { from: Household; entity: Named; to: Target }[];
  /** Who sees a household from then on. */
  sees: { to: Target; adviser: Adviser; role: Adviser['role'] }[];
  decisions: FamilyEventAnswer['decisions'];
}

/** All that the households of an event are made of, and what is known of the people. */
export interface Situation {
  today: string;
  ours: Household;
  /** Those that the event names beside ours. */
  others: ReadonlyMap<string, Household>;
  /** The people whom the event names, by id. */
  people: ReadonlyMap<string, Named>;
  deaths: ReadonlyMap<string, string>;
  relationships: readonly Relationship[];
  memberships: readonly (Member & { household: Named })[];
  accounts: readonly Account[];
  owners: readonly Owner[];
}

export const dayBefore = (day: string): string => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
const later = (one: string, other: string): string => (one > other ? one : other);
const unseen = 'Somebody whom you do not see';
const personOf = ({ contact_id, contact }: Member): Named => contact ?? { id: contact_id, name: unseen };

/** The two sides of a relationship. */
export const sidesOf = ({ contact, legal_entity, of_contact, of_entity }: Relationship): [Named, Named] => {
  const hidden = { id: '00000000-0000-0000-0000-000000000000', name: unseen };
  return [contact ?? legal_entity ?? hidden, of_contact ?? of_entity ?? hidden];
};

/** Says what an event changes. Throws what contradicts the situation. */
export function planEvent(event: FamilyEvent, situation: Situation): Plan {
  const on = event.on ?? situation.today;
  if (on > situation.today) throw invalidField('on', 'in_future', 'This day is still to come');
  const plan: Plan = {
    on,
    created: null,
    ended: null,
    died: null,
    joins: [],
    leaves: [],
    roles: [],
    begins: [],
    ends: [],
    moves: [],
    accounts: [],
    entities: [],
    sees: [],
    decisions: [],
  };
  switch (event.kind) {
    case 'marriage':
      marry(plan, situation, event);
      break;
    case 'divorce':
      divorce(plan, situation, event);
      break;
    case 'death':
      die(plan, situation, event.contact_id);
      break;
    case 'leaving':
      leave(plan, situation, event);
      break;
    case 'split':
      split(plan, situation, event);
      break;
    case 'merge':
      merge(plan, situation, event);
  }
  for (const place of new Set(plan.leaves.map(({ from }) => from))) replaceHead(plan, place);
  return plan;
}

type Of<K extends FamilyEvent['kind']> = Extract<FamilyEvent, { kind: K }>;
type Moving = Of<'marriage'> | Of<'divorce'> | Of<'leaving'>;

function marry(plan: Plan, situation: Situation, event: Of<'marriage'>): void {
  const { ours } = situation;
  if (event.from_household_id === ours.id)
    throw invalidField('from_household_id', 'same', 'The spouse comes from another household');
  const from = event.from_household_id ? situation.others.get(event.from_household_id)! : undefined;
  const contact = memberOf(ours, event.contact_id, 'contact_id', plan.on);
  if (event.contact_id === event.spouse_id) throw invalidField('spouse_id', 'same', 'Nobody is married to themselves');
  const spouse = from
    ? memberOf(from, event.spouse_id, 'spouse_id', plan.on)
    : ours.members.find(({ contact_id }) => contact_id === event.spouse_id);
  const one = personOf(contact);
  const other = spouse ? personOf(spouse) : situation.people.get(event.spouse_id)!;
  refuseDead(situation, one, 'contact_id');
  refuseDead(situation, other, 'spouse_id');
  const marriages = situation.relationships.filter(({ kind }) => kind === 'spouse');
  for (const [person, field] of [[one, 'contact_id'], [other, 'spouse_id']] as const) // biome-ignore format: one line
    for (const marriage of marriages) {
      const [a, b] = sidesOf(marriage).map(({ id }) => id) as [string, string];
      const partner = a === person.id ? b : b === person.id ? a : undefined;
      if (partner === undefined) continue;
      const name = sidesOf(marriage).find(({ id }) => id === partner)!.name;
      const both = partner === one.id || partner === other.id;
      throw both
        ? invalidField('spouse_id', 'married_already', 'These two are married already')
        : invalidField(
            field,
            'married_already',
            `${person.name} is married to ${name}. Record the divorce or death first`,
          );
    }
  const to = targetOf(plan, situation, event) ?? ours;
  const isNew = plan.created !== null;
  const place = isNew ? null : (to as Household);
  join(plan, place, one, isNew ? 'head' : 'spouse');
  join(plan, place, other, 'spouse');
  if (to !== ours) end(plan, ours, contact);
  else if (spouse && !from && spouse.role !== 'head' && spouse.role !== 'spouse')
    plan.roles.push({ of: ours, member: spouse, role: 'spouse' });
  if (from && to !== from) end(plan, from, spouse!);
  if (spouse && !from && to !== ours) end(plan, ours, spouse);
  bring(plan, [ours, ...(from ? [from] : [])], place, event.with);
  plan.begins.push({ to: place, one, other });
  carry(plan, [ours, ...(from ? [from] : [])], place, event);
  copyAdvisers(plan, ours, place);
  if (event.advisers_join && from) admit(plan, from, place ?? undefined, ours);
  for (const { household, contact_id } of situation.memberships)
    if (
      contact_id === other.id &&
      household.id !== ours.id &&
      household.id !== from?.id &&
      household.id !== (to as Household).id
    )
      plan.decisions.push({
        code: 'other_household',
        person: other,
        about: { type: 'household', ...pick(household) },
        words: `${other.name} still belongs to ${household.name}`,
      });
}

function divorce(plan: Plan, situation: Situation, event: Of<'divorce'>): void {
  const { ours } = situation;
  const stays = personOf(memberOf(ours, event.contact_id, 'contact_id', plan.on));
  const leaving = memberOf(ours, event.spouse_id, 'spouse_id', plan.on);
  const leaves = personOf(leaving);
  if (stays.id === leaves.id) throw invalidField('spouse_id', 'same', 'Nobody is divorced from themselves');
  refuseDead(situation, stays, 'contact_id');
  refuseDead(situation, leaves, 'spouse_id');
  const marriages = situation.relationships.filter((each) => {
    const sides = sidesOf(each).map(({ id }) => id);
    return each.kind === 'spouse' && sides.includes(stays.id) && sides.includes(leaves.id);
  });
  if (marriages.length === 0) throw invalidField('spouse_id', 'not_married', 'These two are not married to each other');
  for (const marriage of marriages) endRelationship(plan, marriage, dayBefore(plan.on));
  moveAway(plan, situation, event, [leaving], event.shared);
}

function die(plan: Plan, situation: Situation, contact_id: string): void {
  const { ours, memberships } = situation;
  const person = personOf(memberOf(ours, contact_id, 'contact_id', plan.on));
  refuseDead(situation, person, 'contact_id');
  plan.died = person;
  for (const membership of memberships) {
    if (membership.from_on > plan.on)
      throw invalidField(
        'on',
        'before_joining',
        `${person.name} joined ${membership.household.name} on ${membership.from_on}`,
      );
    const from = membership.household.id === ours.id ? ours : situation.others.get(membership.household.id)!;
    plan.leaves.push({ from, member: membership, until_on: plan.on });
  }
  for (const each of situation.relationships) {
    const [one, other] = sidesOf(each);
    if (one.id !== contact_id && other.id !== contact_id) continue;
    if (each.kind === 'spouse') endRelationship(plan, each, plan.on);
    else decideRelationship(plan, person, each, situation);
  }
  for (const account of situation.accounts) decideAccount(plan, person, account, situation.owners);
}

/** What the dead leave to decide of what they were to others. */
function decideRelationship(plan: Plan, person: Named, each: Relationship, { ours }: Situation): void {
  const [one, other] = sidesOf(each);
  // Parents and siblings stay what they were.
  if (each.kind === 'parent' || each.kind === 'sibling') return;
  const isFirst = one.id === person.id;
  const about = isFirst ? other : one;
  const type = (isFirst ? each.of_entity : each.legal_entity) ? ('legal_entity' as const) : ('contact' as const);
  const note = (code: 'trustee' | 'entity_owner' | 'beneficiary' | 'other_relationship', words: string) =>
    plan.decisions.push({ code, person, about: { type, ...pick(about) }, words });
  if (!isFirst) return void note('other_relationship', `${one.name} is ${word(each.kind)} of ${person.name}`);
  const alike = ours.relationships.filter(
    ({ id, kind, of_entity }) => id !== each.id && kind === each.kind && of_entity?.id === about.id,
  );
  if (each.kind === 'trustee')
    note('trustee', alike.length > 0 ? `${about.name} loses a trustee` : `${about.name} has no other trustee`);
  else if (each.kind === 'owner') note('entity_owner', `The share of ${about.name} goes to somebody`);
  else if (each.kind.endsWith('beneficiary'))
    note('beneficiary', `${about.name} names ${person.name} as a beneficiary`);
  else note('other_relationship', `${person.name} is ${word(each.kind)} of ${about.name}`);
}

const word = (kind: string): string => kind.replaceAll('_', ' ');
const survivorship = ['joint_survivorship', 'by_entirety'];

function decideAccount(plan: Plan, person: Named, account: Account, owners: readonly Owner[]): void {
  const own = owners.filter(({ account_id }) => account_id === account.id);
  const note = (code: 'no_other_owner' | 'share_to_pass' | 'survivors_own' | 'beneficiary', words: string) =>
    plan.decisions.push({ code, person, about: { type: 'financial_account', ...pick(account) }, words });
  const roles = own.filter(({ contact_id }) => contact_id === person.id).map(({ role }) => role);
  if (roles.includes('owner')) {
    const others = own.filter(({ role, contact_id }) => role === 'owner' && contact_id !== person.id);
    const named = own.filter(({ role, contact_id }) => role !== 'owner' && contact_id !== person.id).length;
    if (others.length === 0)
      note(
        'no_other_owner',
        `${account.name} has no other owner; ${named === 0 ? 'no beneficiary is' : `${named} beneficiaries are`} named`,
      );
    else if (survivorship.includes(account.registration))
      note('survivors_own', `${account.name} passes to the owners who live`);
    else note('share_to_pass', `The share of ${account.name} goes to somebody`);
  }
  if (roles.some((role) => role !== 'owner'))
    note('beneficiary', `${account.name} names ${person.name} as a beneficiary`);
}

function leave(plan: Plan, situation: Situation, event: Of<'leaving'>): void {
  const member = memberOf(situation.ours, event.contact_id, 'contact_id', plan.on);
  refuseDead(situation, personOf(member), 'contact_id');
  moveAway(plan, situation, event, [member], []);
}

function split(plan: Plan, situation: Situation, event: Of<'split'>): void {
  const { ours } = situation;
  const ids = [...new Set(event.contact_ids)];
  const going = ids.map((id, at) => memberOf(ours, id, `contact_ids.${at}`, plan.on));
  if (going.length >= ours.members.length)
    throw invalidField(
      'contact_ids',
      'all',
      'At least one member has to stay. To move everyone, merge the household into another',
    );
  plan.created = event.new_household.name;
  const hasHead = going.some(({ role }) => role === 'head');
  for (const [at, member] of going.entries()) {
    join(plan, null, personOf(member), !hasHead && at === 0 ? 'head' : member.role);
    end(plan, ours, member);
  }
  carry(plan, [ours], null, event);
  copyAdvisers(plan, ours, null);
  noteStaying(plan, situation, going);
}

function merge(plan: Plan, situation: Situation, event: Of<'merge'>): void {
  const { ours } = situation;
  const other = situation.others.get(event.household_id)!;
  const hasHead = ours.members.some(({ role }) => role === 'head');
  for (const member of other.members) {
    if (member.from_on > plan.on)
      throw invalidField('on', 'before_joining', `${personOf(member).name} joined ${other.name} on ${member.from_on}`);
    join(plan, ours, personOf(member), hasHead && member.role === 'head' ? 'other' : member.role);
    end(plan, other, member);
  }
  plan.ended = other;
  plan.moves.push(...other.relationships.map((each) => ({ relationship: each, to: ours })));
  plan.accounts.push(...other.accounts.map((account) => ({ from: other, account, to: ours })));
  plan.entities.push(...other.entities.map((entity) => ({ from: other, entity, to: ours })));
  if (event.advisers_join) admit(plan, other, ours, ours);
}

/** Somebody leaves our household, with others, for another or for none. */
function moveAway(
  plan: Plan,
  situation: Situation,
  event: Exclude<Moving, Of<'marriage'>>,
  going: Member[],
  shared: string[],
): void {
  const { ours } = situation;
  const to = targetOf(plan, situation, event);
  const place = plan.created === null ? ((to as Household | undefined) ?? undefined) : null;
  if (to === ours) throw invalidField('to_household_id', 'same', 'They belong to this household already');
  if (place === undefined) {
    const [field] = (['account_ids', 'legal_entity_ids'] as const).filter((name) => event[name].length > 0);
    if (field) throw invalidField(field, 'not_allowed', 'Say which household they go to');
    if (shared.length > 0) throw invalidField('shared', 'not_allowed', 'Say which other household they belong to');
  } else for (const member of going) join(plan, place, personOf(member), place === null ? 'head' : 'other');
  for (const member of going) end(plan, ours, member);
  const along = bring(plan, [ours], place, event.with);
  for (const [at, id] of shared.entries()) {
    const member = memberOf(ours, id, `shared.${at}`, plan.on);
    if (!along.includes(member) && place !== undefined) join(plan, place, personOf(member), member.role);
  }
  if (place !== undefined) carry(plan, [ours], place, event);
  if (place === null) copyAdvisers(plan, ours, null);
  noteStaying(plan, situation, [...going, ...along]);
}

/** The household that people go to: another, a new one (its name is planned then), or none. */
function targetOf(
  plan: Plan,
  { others, ours }: Situation,
  { to_household_id, new_household }: Moving,
): Household | undefined {
  if (to_household_id && new_household)
    throw invalidField('new_household', 'not_allowed', 'Name a household or a new one, not both');
  if (new_household) plan.created = new_household.name;
  return to_household_id === ours.id ? ours : to_household_id ? others.get(to_household_id) : undefined;
}

/** Others of the same households who go along. */
function bring(plan: Plan, sources: readonly Household[], to: Target | undefined, ids: readonly string[]): Member[] {
  return [...new Set(ids)].flatMap((id, at) => {
    const homes = sources.filter(({ members }) => members.some(({ contact_id }) => contact_id === id));
    if (homes.length === 0) memberOf(sources[0]!, id, `with.${at}`, plan.on);
    return homes.flatMap((home) => {
      if (home === to) return [];
      const member = memberOf(home, id, `with.${at}`, plan.on);
      if (to !== undefined) join(plan, to, personOf(member), member.role);
      end(plan, home, member);
      return [member];
    });
  });
}

/** Accounts, entities, and what those who go are of each other, go to the other household too. */
function carry(
  plan: Plan,
  sources: readonly Household[],
  to: Target,
  event: { account_ids: string[]; legal_entity_ids: string[] },
): void {
  for (const [at, id] of [...new Set(event.account_ids)].entries()) {
    const from = sources.find(({ accounts }) => accounts.some((each) => each.id === id));
    if (!from) throw invalidField(`account_ids.${at}`, 'not_found', 'There is no such account in this household');
    if (from !== to) plan.accounts.push({ from, account: from.accounts.find((each) => each.id === id)!, to });
  }
  for (const [at, id] of [...new Set(event.legal_entity_ids)].entries()) {
    const from = sources.find(({ entities }) => entities.some((each) => each.id === id));
    if (!from) throw invalidField(`legal_entity_ids.${at}`, 'not_found', 'There is no such entity in this household');
    if (from !== to) plan.entities.push({ from, entity: from.entities.find((each) => each.id === id)!, to });
  }
  const gone = new Set([
    ...plan.leaves.map(({ member }) => member.contact_id),
    ...plan.entities.map(({ entity }) => entity.id),
  ]);
  for (const from of sources)
    for (const each of from.relationships)
      if (
        from !== to &&
        sidesOf(each).every(({ id }) => gone.has(id)) &&
        !plan.ends.some(({ relationship }) => relationship === each)
      )
        plan.moves.push({ relationship: each, to });
}

/** Accounts of those who leave that stay behind. */
function noteStaying(plan: Plan, { accounts, owners, ours }: Situation, going: readonly Member[]): void {
  for (const account of accounts) {
    if (account.household_id !== ours.id || plan.accounts.some((moved) => moved.account.id === account.id)) continue;
    const owner = going.find(({ contact_id }) =>
      owners.some((each) => each.account_id === account.id && each.contact_id === contact_id && each.role === 'owner'),
    );
    if (owner)
      plan.decisions.push({
        code: 'account_stays',
        person: personOf(owner),
        about: { type: 'financial_account', ...pick(account) },
        words: `${account.name} of ${personOf(owner).name} stays with ${ours.name}`,
      });
  }
}

/** A new household is seen by whoever sees the one that it comes from. */
function copyAdvisers(plan: Plan, from: Household, to: Target): void {
  if (to === null) plan.sees.push(...from.advisers.map((adviser) => ({ to, adviser, role: adviser.role })));
}

/** Those who advise another household see the common one as secondary advisers. */
function admit(plan: Plan, from: Household, to: Household | undefined | Named, ours: Household): void {
  const place = to ?? null;
  const there = place === null || place.id === ours.id ? ours.advisers : [];
  if (place !== null && place.id === from.id) return;
  const key = ({ user_id, team_id }: Adviser) => user_id ?? team_id;
  for (const adviser of from.advisers)
    if (!there.some((each) => key(each) === key(adviser)))
      plan.sees.push({ to: place, adviser, role: adviser.role === 'primary' ? 'secondary' : adviser.role });
}

/** When the head goes, the spouse who stays is the head. */
function replaceHead(plan: Plan, place: Household): void {
  const gone = new Set(plan.leaves.filter(({ from }) => from === place).map(({ member }) => member.id));
  const staying = place.members.filter(({ id }) => !gone.has(id));
  if (staying.length === 0) {
    if (plan.ended !== place && !plan.joins.some(({ to }) => to?.id === place.id))
      plan.decisions.push({
        code: 'nobody_left',
        person: null,
        about: { type: 'household', ...pick(place) },
        words: `Nobody is left in ${place.name}`,
      });
    return;
  }
  if (
    !place.members.some(({ id, role }) => role === 'head' && gone.has(id)) ||
    staying.some(({ role }) => role === 'head')
  )
    return;
  const next = staying.find(({ role }) => role === 'spouse');
  if (next && next.from_on <= plan.on) plan.roles.push({ of: place, member: next, role: 'head' });
}

/** Joins a household unless somebody belongs to it already. */
function join(plan: Plan, to: Target, contact: Named, role: Role): void {
  const isThere =
    to && 'members' in to && (to as Household).members.some(({ contact_id }) => contact_id === contact.id);
  if (isThere || plan.joins.some((each) => each.to === to && each.contact.id === contact.id)) return;
  plan.joins.push({ to, contact, role });
}

/** The last day in a household is the one before the event; whoever joined on that day was there for it. */
function end(plan: Plan, from: Household, member: Member): void {
  if (plan.leaves.some((each) => each.member.id === member.id)) return;
  plan.leaves.push({ from, member, until_on: later(member.from_on, dayBefore(plan.on)) });
}

function endRelationship(plan: Plan, relationship: Relationship, until_on: string): void {
  if (relationship.from_on > plan.on)
    throw invalidField('on', 'before_beginning', `This is before it began, on ${relationship.from_on}`);
  plan.ends.push({ relationship, until_on: later(relationship.from_on, until_on) });
}

function memberOf({ members, name }: Household, id: string, field: string, on: string): Member {
  const member = members.find(({ contact_id }) => contact_id === id);
  if (!member) throw invalidField(field, 'not_a_member', `This person does not belong to ${name} now`);
  if (member.from_on > on)
    throw invalidField('on', 'before_joining', `${personOf(member).name} joined ${name} on ${member.from_on}`);
  return member;
}

function refuseDead({ deaths }: Situation, { id, name }: Named, field: string): void {
  const died_on = deaths.get(id);
  if (died_on) throw invalidField(field, 'dead', `${name} died on ${died_on}`);
}

const pick = ({ id, name }: Named): Named => ({ id, name });

/** Households that an event names beside that of its path. */
export function namedHouseholds(event: FamilyEvent, own: string): string[] {
  if (event.kind === 'merge') {
    if (event.household_id === own)
      throw invalidField('household_id', 'same', 'A household cannot be merged with itself. Name another.');
    return [event.household_id];
  }
  if (event.kind === 'death' || event.kind === 'split') return [];
  const from = event.kind === 'marriage' ? event.from_household_id : undefined;
  return [from, event.to_household_id].filter((id) => id !== undefined && id !== own) as string[];
}

/** The people whom an event names. */
export const namedPeople = (event: FamilyEvent): string[] =>
  event.kind === 'merge'
    ? []
    : event.kind === 'split'
      ? event.contact_ids
      : [event.contact_id, ...('spouse_id' in event ? [event.spouse_id] : []), ...('with' in event ? event.with : [])];
