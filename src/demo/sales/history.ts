import { uuidV7 } from '../../kernel/database/uuid.ts';
import { days, time } from '../clock.ts';
import type { Colleague, Scene } from '../demo.ts';
import type { Dice } from '../random.ts';
import { amountOf, type Deal, type Line } from './deals.ts';
import type { Firm } from './firms.ts';
import type { Person } from './people.ts';
import { priceLists, products } from './words/business.ts';
import { type ActivityWords, activities, notes } from './words/texts.ts';

/** Whom something was about, and who did it. */
interface Matter {
  who?: Person | undefined;
  firm: Firm;
  deal?: Deal;
  author: Colleague;
}

const references = ({ who, firm, deal }: Matter) => ({
  records: idsOf(deal, who, firm),
});

export const idsOf = (...records: ({ id: string } | undefined)[]): string[] =>
  records.flatMap((record) => record?.id ?? []);

/** What happened around a deal, in an order that makes sense; one that is closed ends with the answer. */
export function dealActivities(deal: Deal, scene: Scene) {
  const { dice, clock } = scene;
  const { status } = deal;
  const last = status === 'open' ? clock.now - days(dice.int(0, 12)) : deal.end;
  const steps = status === 'open' ? 1 + Math.round(deal.progress * dice.int(2, 5)) : dice.int(2, 6);
  const span = Math.max(0, last - deal.opened);
  const between = (share: number) => clock.working(deal.opened + span * share);
  const times = Array.from({ length: steps }, (_, i) => between((i + dice.roll()) / (steps + 1)))
    .map((at) => Math.max(deal.opened, Math.min(at, deal.opened + span)))
    .toSorted((a, b) => a - b);
  const untold = phasesOf(deal);
  const told = times.map((at, i) => {
    const phase = i === 0 ? untold.first : (i / steps) * deal.progress > 0.6 ? untold.late : untold.middle;
    return { words: takeFrom(phase, dice) ?? dice.pick<ActivityWords>(activities.care), at };
  });
  if (status !== 'open') told.push({ words: dice.pick<ActivityWords>(activities[status]), at: deal.end });
  const matter: Matter = { who: deal.contact, firm: deal.firm, deal, author: deal.owner };
  return told.map(({ words, at }) => activityRow(words, matter, at, scene));
}

function phasesOf({ pipeline }: Deal): Record<'first' | 'middle' | 'late', ActivityWords[]> {
  const { first, middle, late, renewalFirst, renewalMiddle, renewalLate } = activities;
  return pipeline.name === 'New business'
    ? { first: [...first], middle: [...middle], late: [...late] }
    : { first: [...renewalFirst], middle: [...renewalMiddle], late: [...renewalLate] };
}

/** Nothing is told twice of one deal. */
const takeFrom = <T>(list: T[], dice: Dice): T | undefined => list.splice(dice.int(0, list.length - 1), 1)[0];

/** Calls and visits between the deals. */
export function careActivities(person: Person, author: Colleague, scene: Scene) {
  const at = scene.clock.working(person.created + (scene.clock.now - person.created) * scene.dice.roll());
  return activityRow(
    scene.dice.pick<ActivityWords>(activities.care),
    { who: person, firm: person.firm, author },
    at,
    scene,
  );
}

function activityRow(words: ActivityWords, matter: Matter, at: number, scene: Scene) {
  const { dice } = scene;
  const minutes = { email: null, call: dice.int(3, 35), meeting: dice.pick([30, 45, 60, 90, 120]) }[words.kind];
  return {
    id: uuidV7(),
    kind: words.kind,
    subject: filled(words.subject, matter, scene),
    body: words.translated
      ? dice.pick(matter.firm.locale.replies)
      : words.body
        ? filled(words.body, matter, scene)
        : null,
    direction: words.direction ?? null,
    occurred_at: time(at),
    duration_minutes: minutes,
    author_id: matter.author.id,
    ...references(matter),
    created_at: time(at),
    updated_at: time(at),
  };
}

export function dealNote(deal: Deal, scene: Scene) {
  const { dice, clock } = scene;
  const until = Math.min(deal.end, clock.now);
  const at = clock.working(deal.opened + (until - deal.opened) * dice.roll());
  return noteRow(
    dice.pick(deal.pipeline.name === 'New business' ? notes.deal : notes.renewal),
    { who: deal.contact, firm: deal.firm, deal, author: deal.owner },
    at,
    scene,
  );
}

export function firmNote(firm: Firm, who: Person | undefined, scene: Scene) {
  return noteRow(scene.dice.pick(notes.company), { firm, who, author: firm.owner }, since(firm.created, scene), scene, {
    records: [firm.id],
  });
}

export function personNote(person: Person, scene: Scene) {
  const matter = { who: person, firm: person.firm, author: person.firm.owner };
  return noteRow(scene.dice.pick(notes.contact), matter, since(person.created, scene), scene, {
    records: [person.id],
  });
}

const since = (at: number, { dice, clock }: Scene) => clock.working(at + (clock.now - at) * dice.roll());

function noteRow(words: string, matter: Matter, at: number, scene: Scene, only: object = {}) {
  const text = filled(words, matter, scene);
  return {
    id: uuidV7(),
    body: `<p>${text.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</p>`,
    pinned: scene.dice.chance(0.08),
    author_id: matter.author.id,
    ...references(matter),
    ...only,
    created_at: time(at),
    updated_at: time(at),
  };
}

/** Puts names, places and numbers where the words leave room for them. */
export function filled(words: string, { who, firm, deal, author }: Matter, { dice, staff }: Scene): string {
  const others = staff.filter((colleague) => colleague !== author);
  const slots: Record<string, () => string> = {
    who: () => who?.who ?? 'the receptionist',
    firm: () => firm.short,
    product: () => (deal?.lines.find(isDevice)?.product ?? dice.pick(devices)).name,
    site: () => firm.city,
    n: () => String(dice.int(4, 40)),
    colleague: () => dice.pick(others.length > 0 ? others : staff).first,
    amount: () => (deal ? money(deal) : ''),
    language: () => firm.locale.language,
  };
  return words.replace(/\{(\w+)\}/g, (_, slot: string) => slots[slot]!());
}

const devices = products.filter(({ kind }) => kind === 'device');
const isDevice = ({ product }: Line) => product.kind === 'device';

function money(deal: Deal): string {
  const { currency } = deal.firm.locale;
  const amount = (amountOf(deal) ?? 0) / 10 ** priceLists[currency].digits;
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount);
}
