import type { Filter } from '../../../kernel/resource/filter.ts';
import type { DashboardQuery } from './contract.ts';
import { beginningOf, type Days, dayAfter, last_day } from './periods.ts';

export type Part = Filter | undefined;
type Subject = Partial<
  Pick<DashboardQuery, 'pipeline_id' | 'owner_id' | 'team_id' | 'product_id' | 'region' | 'region_of'>
>;

export const equal = (field: string, value: string): Filter => ({ field, op: 'eq', value });

/** All of the given conditions; undefined when there are none. */
export function allOf(...parts: Part[]): Part {
  const given = parts.filter((part) => part !== undefined).flatMap((part) => ('and' in part ? part.and : [part]));
  return given.length > 1 ? { and: given } : given[0];
}

/** Records with a value in a field, or without any. */
export const oneOrNone = (field: string, op: 'eq' | 'has', value: string | null): Filter =>
  value === null ? { field, op: 'is_empty' } : { field, op, value };

/** Records connected to one that has a value in a field, or to none that has any. */
const through = (relation: string, field: string, op: 'eq' | 'has', value: string | null): Filter =>
  value === null
    ? { none: relation, where: { field, op: 'not_empty' } }
    : { any: relation, where: { field, op, value } };

/** Records of the members of a team, or of people without any. `person`: how the relation to the person is called. */
export const ofTeam = (team: string | null, person: string): Filter => through(person, 'teams', 'has', team);
/** Deals of companies in a region, or in none that is known. */
const ofCompanyRegion = (region: string | null): Filter => through('company', 'region', 'eq', region);
/** Records of the members of teams in a region, or of people without any such team. */
const ofTeamRegion = (region: string | null, person: string): Filter =>
  region === null
    ? { none: person, where: { any: 'teams', where: { field: 'region', op: 'not_empty' } } }
    : { any: person, where: { any: 'teams', where: equal('region', region) } };
export const ofProduct = (product: string | null): Filter => oneOrNone('lines', 'has', product);

/** Whose records the figures are about. */
export function ownerFilter({ owner_id, team_id }: Subject, person = 'owner'): Part {
  return allOf(
    owner_id === undefined ? undefined : equal(`${person}_id`, owner_id),
    team_id === undefined ? undefined : ofTeam(team_id, person),
  );
}

/** What a deal is about, whoever has it. */
function offerFilter({ pipeline_id, product_id }: Subject): Part {
  return allOf(
    pipeline_id === undefined ? undefined : equal('pipeline_id', pipeline_id),
    product_id === undefined ? undefined : ofProduct(product_id),
  );
}

/** Deals of a region, or of none that is known. */
export const dealOfRegion = (region: string | null, { region_of }: Subject): Filter =>
  region_of === 'team' ? ofTeamRegion(region, 'owner') : ofCompanyRegion(region);

/** Which deals the figures are about, whenever they were closed. */
export function dealFilter(subject: Subject): Part {
  const region = subject.region === undefined ? undefined : dealOfRegion(subject.region, subject);
  return allOf(ownerFilter(subject), offerFilter(subject), region);
}

/** Activities of a region, or of none that is known. */
export const activityOfRegion = (region: string | null, { region_of }: Subject, person: string): Filter =>
  region_of === 'team' ? ofTeamRegion(region, person) : activityOfCompanyRegion(region);

/** An activity is of the regions of its deals' companies, or, without a deal, of its own companies. */
function activityOfCompanyRegion(region: string | null): Filter {
  const ofDeal: Filter = { any: 'deal', where: ofCompanyRegion(region) };
  const alone: Filter = { none: 'deal' };
  if (region !== null) return { or: [ofDeal, { and: [alone, ofCompanyRegion(region)] }] };
  return {
    or: [
      { and: [alone, ofCompanyRegion(null)] },
      {
        and: [
          { any: 'deal' },
          { none: 'deal', where: { any: 'company', where: { field: 'region', op: 'not_empty' } } },
        ],
      },
    ],
  };
}

/** An activity has the products of its deals. */
export const activityOfProduct = (product: string | null): Filter =>
  product === null
    ? { none: 'deal', where: { field: 'lines', op: 'not_empty' } }
    : { any: 'deal', where: ofProduct(product) };

/** Which activities the figures are about, whenever they were. */
export function activityFilter(subject: Subject, person: string): Part {
  const offer = offerFilter(subject);
  return allOf(
    ownerFilter(subject, person),
    offer && { any: 'deal', where: offer },
    subject.region === undefined ? undefined : activityOfRegion(subject.region, subject, person),
  );
}

/** A date within days. */
export function onDays(field: string, { from, to }: Days): Part {
  if (from !== undefined && to !== undefined) return { field, op: 'between', value: [from, to] };
  if (from !== undefined) return { field, op: 'gte', value: from };
  return to === undefined ? undefined : { field, op: 'lte', value: to };
}

/** A moment within days of a time zone. */
export function duringDays(field: string, { from, to }: Days, zone: string): Part {
  return allOf(
    from === undefined ? undefined : { field, op: 'gte', value: beginningOf(from, zone) },
    // Nothing comes after the last day that the database knows.
    to === undefined || to >= last_day ? undefined : { field, op: 'lt', value: beginningOf(dayAfter(to), zone) },
  );
}
