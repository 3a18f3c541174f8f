import type { FamilyEvent, FamilyEventAnswer } from './contract.ts';
import { type Plan, type Situation, sidesOf } from './plan.ts';
import type { Adviser, Household, Named } from './situation.ts';

type Target = FamilyEventAnswer['members'][number]['household'];

/** What an event changes, as data and in words. `created_id`: of the new household, once it is there. */
export function answerOf(
  event: FamilyEvent,
  plan: Plan,
  situation: Situation,
  created_id: string | null,
): FamilyEventAnswer {
  const place = (to: Named | null): Target =>
    to ? { id: to.id, name: to.name } : { id: created_id, name: plan.created! };
  const { on } = plan;
  const person = ({ contact, contact_id }: { contact: Named | null; contact_id: string }): Named =>
    contact ? bare(contact) : { id: contact_id, name: '—' };
  const facts: Omit<FamilyEventAnswer, 'words' | 'access'> = {
    kind: event.kind,
    on,
    preview: event.preview,
    new_household: plan.created === null ? null : place(null),
    ended_household: plan.ended && bare(plan.ended),
    died: plan.died,
    members: [
      ...plan.leaves.map(({ from, member, until_on }) => ({
        change: 'ends' as const,
        household: place(from),
        contact: person(member),
        role: member.role,
        from_on: member.from_on,
        until_on,
      })),
      ...plan.joins.map(({ to, contact, role }) => ({
        change: 'begins' as const,
        household: place(to),
        contact: bare(contact),
        role,
        from_on: on,
        until_on: null,
      })),
      ...plan.roles.map(({ of, member, role }) => ({
        change: 'role' as const,
        household: place(of),
        contact: person(member),
        role,
        from_on: on,
        until_on: member.until_on,
      })),
    ],
    relationships: [
      ...plan.ends.map(({ relationship, until_on }) => ({
        ...relating(relationship),
        change: 'ends' as const,
        household: place(relationship.household),
        until_on,
      })),
      ...plan.begins.map(({ to, one, other }) => ({
        change: 'begins' as const,
        kind: 'spouse',
        reciprocal: 'spouse',
        of: bare(one),
        to: bare(other),
        household: place(to),
        from_on: on,
        until_on: null,
      })),
      ...plan.moves.map(({ relationship, to }) => ({
        ...relating(relationship),
        change: 'moves' as const,
        household: place(to),
        until_on: relationship.until_on,
      })),
    ],
    moved: [
      ...plan.accounts.map(({ account, to }) => ({
        type: 'financial_account' as const,
        ...bare(account),
        household: place(to),
      })),
      ...plan.entities.map(({ entity, to }) => ({
        type: 'legal_entity' as const,
        ...bare(entity),
        household: place(to),
      })),
    ],
    advisers: plan.sees.map(({ to, adviser, role }) => ({
      household: place(to),
      adviser: nameOf(adviser),
      is_team: adviser.team_id !== null,
      role,
      until_on: adviser.until_on,
    })),
    decisions: plan.decisions,
  };
  return { ...facts, words: wordsOf(facts), access: accessOf(plan, situation, place(null)) };
}

const bare = ({ id, name }: Named): Named => ({ id, name });
const nameOf = ({ user, team, user_id, team_id }: Adviser): Named =>
  bare(user ?? team ?? { id: (user_id ?? team_id)!, name: '—' });

function relating(relationship: Plan['ends'][number]['relationship']) {
  const [of, to] = sidesOf(relationship);
  const { kind, reciprocal, from_on } = relationship;
  return { kind, reciprocal, of: bare(of), to: bare(to), from_on };
}

function wordsOf(facts: Omit<FamilyEventAnswer, 'words' | 'access'>): string[] {
  const { on, died, new_household, ended_household, members, relationships, moved, advisers, decisions } = facts;
  const memberWords = { begins: 'joins', ends: 'leaves' };
  return [
    ...(died ? [`${died.name} died on ${on}`] : []),
    ...(new_household ? [`${new_household.name} is a new household`] : []),
    ...members.map(({ change, household, contact, role, until_on }) => {
      if (change === 'role') return `${contact.name} becomes ${role} of ${household.name} on ${on}`;
      const when = change === 'ends' ? `, where the last day is ${until_on}` : ` as ${role} on ${on}`;
      return `${contact.name} ${memberWords[change]} ${household.name}${when}`;
    }),
    ...relationships.map(({ change, kind, of, to, household, until_on }) => {
      const what = `${of.name} is ${kind.replaceAll('_', ' ')} of ${to.name}`;
      if (change === 'moves') return `That ${what} is kept with ${household.name}`;
      return change === 'begins' ? `${what} from ${on}` : `${what} until ${until_on}`;
    }),
    ...moved.map(({ name, household }) => `${name} goes to ${household.name}`),
    ...advisers.map(({ household, adviser, role }) => `${adviser.name} sees ${household.name} (${role})`),
    ...(ended_household ? [`${ended_household.name} is a former household`] : []),
    ...decisions.map(({ words }) => words),
  ];
}

/** Who sees what, before and after, as far as these households decide it and it changes. */
function accessOf(plan: Plan, { today, ours, others }: Situation, created: Target): FamilyEventAnswer['access'] {
  const households = [ours, ...others.values()];
  const inForce = ({ from_on, until_on }: Adviser) => from_on <= today && (until_on === null || until_on >= today);
  const names = (advisers: readonly Adviser[]) => advisers.filter(inForce).map((each) => nameOf(each).name);
  const before = new Map<string | null, string[]>(households.map(({ id, advisers }) => [id, names(advisers)]));
  const after = new Map([...before].map(([id, there]) => [id, [...there]]));
  if (plan.created !== null) after.set(null, []);
  for (const { to, adviser } of plan.sees) if (inForce(adviser)) after.get(to?.id ?? null)!.push(nameOf(adviser).name);
  const union = (of: ReadonlyMap<string | null, string[]>, homes: readonly (string | null)[]) =>
    [...new Set(homes.flatMap((home) => of.get(home) ?? []))].sort();
  const found: FamilyEventAnswer['access'] = [];
  const add = (
    type: FamilyEventAnswer['access'][number]['type'],
    of: Target,
    from: (string | null)[],
    to: (string | null)[],
  ) => {
    const row = { type, id: of.id, name: of.name, before: union(before, from), after: union(after, to) };
    if (row.before.join() !== row.after.join()) found.push(row);
  };
  for (const household of households) add('household', bare(household), [household.id], [household.id]);
  if (plan.created !== null) add('household', created, [], [null]);
  for (const contact of peopleOf(plan, households)) {
    const from = households
      .filter(({ members }) => members.some((each) => each.contact_id === contact.id))
      .map(({ id }) => id);
    const left = plan.leaves
      .filter(({ member, until_on }) => member.contact_id === contact.id && until_on < today)
      .map((each) => each.from.id);
    const joined = plan.joins.filter((each) => each.contact.id === contact.id).map(({ to }) => to?.id ?? null);
    add('contact', contact, from, [...from.filter((id) => !left.includes(id)), ...joined]);
  }
  for (const { from, account, to } of plan.accounts)
    add('financial_account', bare(account), [from.id], [to?.id ?? null]);
  for (const { from, entity, to } of plan.entities) add('legal_entity', bare(entity), [from.id], [to?.id ?? null]);
  return found;
}

/** Everybody in these households, and who joins them. */
function peopleOf(plan: Plan, households: readonly Household[]): Named[] {
  const members = households.flatMap(({ members: each }) => each.flatMap(({ contact }) => (contact ? [contact] : [])));
  const people = [...members, ...plan.joins.map(({ contact }) => contact)];
  return [...new Map(people.map((one) => [one.id, bare(one)])).values()];
}
