import { uuidV7 } from '../../kernel/database/uuid.ts';
import { days, time } from '../clock.ts';
import type { Colleague, Scene } from '../demo.ts';
import type { Deal } from './deals.ts';
import { filled, idsOf } from './history.ts';
import type { Person } from './people.ts';
import { tasks } from './words/texts.ts';

const hour_ms = 3_600_000;
const quarter_ms = hour_ms / 4;

interface Plan {
  title: string;
  due: number;
  done?: number;
  assignee: Colleague;
  person?: Person;
  deal?: Deal;
  recurrence?: string;
}

/** What is to be done for an open deal, around today; some of it is late, as it is in life. */
export function nextStep(deal: Deal, scene: Scene) {
  const due = scene.clock.working(scene.clock.now + days(scene.dice.int(-6, 16)), true);
  return taskRow(
    { title: titleFor(tasks.open, deal, scene), due, assignee: deal.owner, person: deal.contact, deal },
    scene,
  );
}

/** What was done for a deal that is closed. */
export function pastStep(deal: Deal, scene: Scene) {
  const { dice, clock } = scene;
  const due = clock.working(deal.opened + (deal.end - deal.opened) * dice.roll());
  const done = Math.min(clock.now, due + days(dice.int(-2, 3)));
  return taskRow(
    { title: titleFor(tasks.open, deal, scene), due, done, assignee: deal.owner, person: deal.contact, deal },
    scene,
  );
}

export function careStep(person: Person, scene: Scene) {
  const matter = { who: person, firm: person.firm, author: person.firm.owner };
  const title = filled(scene.dice.pick(tasks.care), matter, scene);
  const due = scene.clock.working(scene.clock.now + days(scene.dice.int(-3, 45)), true);
  return taskRow({ title, due, assignee: person.firm.owner, person }, scene);
}

/** The own list of whoever opens the demo: two late, some for today, the rest for the week. */
export function ownSteps(assignee: Colleague, scene: Scene) {
  const offsets = [0, 1, -1, 0, 0, -2, 3, 6];
  return tasks.own.map((title, i) =>
    taskRow(
      {
        title,
        due: quarter_ms * Math.ceil((scene.clock.now + days(offsets[i]!)) / quarter_ms) + hour_ms * (1 + (i % 3)),
        assignee,
        ...(i === 0 && { recurrence: 'FREQ=WEEKLY' }),
      },
      scene,
    ),
  );
}

function titleFor(list: readonly string[], deal: Deal, scene: Scene): string {
  return filled(scene.dice.pick(list), { who: deal.contact, firm: deal.firm, deal, author: deal.owner }, scene);
}

/** Of some only the day matters. */
const isOfDay = (due: number): boolean => (due / quarter_ms) % 3 === 0;

function taskRow({ title, due, done, assignee, person, deal, recurrence }: Plan, { dice, clock }: Scene) {
  const made = Math.min(clock.now, due - days(dice.int(2, 14)));
  return {
    id: uuidV7(),
    title,
    status: done === undefined ? 'open' : 'done',
    priority: dice.pick(['normal', 'normal', 'normal', 'normal', 'high', 'high', 'low', 'urgent']),
    due_at: time(due),
    due_on: isOfDay(due) ? time(due).slice(0, 10) : null,
    remind_at: done === undefined && due > clock.now && dice.chance(0.3) ? time(due - hour_ms) : null,
    recurrence: recurrence ?? null,
    completed_at: done === undefined ? null : time(done),
    assignee_id: assignee.id,
    records: idsOf(deal, person, person?.employed ? person.firm : undefined),
    custom: {},
    created_at: time(made),
    updated_at: time(done ?? made),
  };
}

/**
 * What somebody works on most: deals with two firms, their own if they have some, the firms, and a person at one of
 * them.
 */
export function atHand({ id: user_id }: Colleague, deals: readonly Deal[]) {
  const ownFirst = [...deals].sort((a, b) => Number(b.owner.id === user_id) - Number(a.owner.id === user_id));
  const first = ownFirst[0]!;
  const second = ownFirst.find(({ firm }) => firm !== first.firm)!;
  const records = [
    ['deal', first.id],
    ['company', first.firm.id],
    ['contact', first.contact.id],
    ['deal', second.id],
    ['company', second.firm.id],
  ];
  return records.map(([resource, record_id], position) => ({ user_id, resource, record_id, position }));
}
