import { uuidV7 } from '../../kernel/database/uuid.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { days, hours, time } from '../clock.ts';
import type { Colleague, Scene } from '../demo.ts';
import { insertRows } from '../insert.ts';
import type { Deal } from './deals.ts';
import { type Customer, customersOf, type Party, partiesOf } from './mail.ts';
import type { Person } from './people.ts';

const weeks_before = 5;
const weeks_ahead = 3;
/** Where those who work here have their nine o'clock, in UTC. */
const morning_hour = 8;

const withCustomers = [
  { title: 'Demonstration for {firm}', minutes: 60, location: 'Video call' },
  { title: 'Quote: questions from {name}', minutes: 30, location: 'Phone' },
  { title: 'Site visit at {firm}', minutes: 120, location: '{city}' },
  { title: 'Contract review with {firm}', minutes: 45, location: 'Video call' },
  { title: 'Intro call with {name}', minutes: 30, location: 'Phone' },
];
const weekly = [
  { day: 0, hour: 1, minutes: 30, title: 'Weekly pipeline meeting', location: 'Room 2' },
  { day: 3, hour: 6, minutes: 45, title: 'Product update', location: 'Video call' },
];

/** The calendars of the two who have mailboxes, with some weeks of meetings. They are not connected to a provider. */
export async function storeCalendars(ctx: Context, scene: Scene & { people: Person[]; deals: Deal[] }): Promise<void> {
  const { staff, people, deals, dice } = scene;
  const [first, second] = [staff[0]!, staff.find(({ role }) => role === 'manager') ?? staff[1]!];
  const colleagues = await partiesOf(ctx, staff);
  const customers = dice.shuffled(await customersOf(ctx, people, deals));
  for (const [at, owner] of (second === first ? [first] : [first, second]).entries()) {
    const calendar_id = uuidV7();
    const calendar = { name: colleagues.get(owner.id)!.name, color: at === 0 ? 'blue' : 'green' };
    await insertRows(ctx, 'meeting_calendar', [
      { id: calendar_id, ...calendar, owner_id: owner.id, sharing: at === 0 ? 'private' : 'all' },
    ]);
    await insertRows(ctx, 'meeting', meetingsOf(owner, calendar_id, { colleagues, customers }, scene));
  }
}

interface Company {
  colleagues: ReadonlyMap<string, Party>;
  customers: Customer[];
}

interface Planned {
  title: string;
  location: string;
  minutes: number;
  people: readonly Party[];
  records: readonly string[];
}

function meetingsOf(owner: Colleague, calendar_id: string, { colleagues, customers }: Company, scene: Scene) {
  const { dice, clock } = scene;
  const me = colleagues.get(owner.id)!;
  const others = [...colleagues].filter(([id]) => id !== owner.id).map(([, party]) => party);
  const rows: object[] = [];
  const add = (at: number, { title, location, minutes, people, records }: Planned, more: object = {}) =>
    rows.push({
      id: uuidV7(),
      calendar_id,
      owner_id: owner.id,
      title,
      location,
      occurrence: '',
      description: '',
      people_text: people.map(({ name }) => name).join(', '),
      people: people.map(({ name, address }) => ({
        name,
        address: address.toLowerCase(),
        answer: 'accepted',
        is_organizer: address === me.address,
      })),
      occurred_at: time(at),
      ends_at: time(at + hours(minutes / 60)),
      starts_on: null,
      ends_on: null,
      is_all_day: false,
      repeats: false,
      is_moved: false,
      time_zone: 'UTC',
      unknown_time_zone: null,
      status: 'confirmed',
      is_private: false,
      records,
      records_set: false,
      version: 1,
      created_at: time(clock.now),
      updated_at: time(clock.now),
      ...more,
    });
  const monday = mondayOf(clock.now);
  for (let week = -weeks_before; week <= weeks_ahead; week++) {
    const begin = monday + days(7 * week);
    for (const { day, hour, minutes, title, location } of weekly)
      add(
        begin + days(day) + hours(morning_hour + hour),
        { title, location, minutes, people: [me, ...others.slice(0, 4)], records: [] },
        { repeats: true },
      );
    for (let day = 0; day < 5; day++) {
      const free = dice.shuffled([2, 3, 5, 7]).slice(0, dice.int(0, 2));
      for (const hour of free) {
        const customer = customers.pop();
        if (!customer) break;
        const { title, minutes, location } = dice.pick(withCustomers);
        const { firm } = customer.person;
        const words = (text: string) =>
          text.replace('{firm}', firm.name).replace('{name}', customer.name).replace('{city}', firm.city);
        const people = [me, customer, ...(dice.chance(0.3) ? [dice.pick(others)] : [])];
        const at = begin + days(day) + hours(morning_hour + hour) + hours(dice.pick([0, 0, 0.5]));
        const status = dice.chance(0.06) ? 'cancelled' : 'confirmed';
        add(
          at,
          { title: words(title), location: words(location), minutes, people, records: customer.records },
          { status },
        );
      }
    }
  }
  const fair = new Date(monday + days(10)).toISOString().slice(0, 10);
  const [from, to] = [Date.parse(fair), Date.parse(fair) + days(2)];
  add(
    from,
    { title: 'Trade fair', location: 'Hall 4', minutes: 0, people: [me], records: [] },
    {
      is_all_day: true,
      time_zone: null,
      starts_on: fair,
      ends_on: new Date(to - days(1)).toISOString().slice(0, 10),
      ends_at: time(to),
    },
  );
  return rows as Record<string, unknown>[];
}

/** Midnight of the Monday of a week. */
function mondayOf(at: number): number {
  const day = new Date(at);
  day.setUTCHours(0, 0, 0, 0);
  return day.getTime() - days((day.getUTCDay() + 6) % 7);
}
