import { uuidV7 } from '../../kernel/database/uuid.ts';
import { type Clock, date, days, time } from '../clock.ts';
import type { Colleague } from '../demo.ts';
import type { Dice } from '../random.ts';
import type { Firm } from './firms.ts';
import type { Person } from './people.ts';
import { dealNames, lossNotes, type pipelines, priceLists, products, sourcePull, sources } from './words/business.ts';

type Product = (typeof products)[number];
type Pipeline = (typeof pipelines)[number];
type Status = 'open' | 'won' | 'lost';

export interface Line {
  product: Product;
  quantity: number;
  /** Minor units of the deal's currency. */
  price: number;
  discount: number;
}

export interface Deal {
  id: string;
  name: string;
  pipeline: Pipeline;
  stage: string;
  status: Status;
  firm: Firm;
  contact: Person;
  owner: Colleague;
  opened: number;
  /** When it was closed, or would be. */
  end: number;
  entered: number;
  /** How far it has come, from 0 to 1. */
  progress: number;
  lines: Line[];
  source: string | null;
}

interface Market {
  people: Person[];
  staff: Colleague[];
  dice: Dice;
  clock: Clock;
}

export function makeDeals(count: number, pipeline: Pipeline, market: Market): Deal[] {
  const customers = market.people.filter(({ employed, firm }) => employed && firm.buys);
  const sized = customers.map((person) => ({ person, weight: Math.sqrt(person.firm.employees) }));
  return Array.from({ length: count }, () => makeDeal(pipeline, market.dice.weighted(sized).person, market));
}

function makeDeal(pipeline: Pipeline, contact: Person, { staff, dice, clock }: Market): Deal {
  const { firm } = contact;
  // More of them lately: business grows.
  const opened = clock.working(clock.daysAgo(725 * (1 - Math.sqrt(dice.roll()))));
  const takes = days(dice.int(pipeline.days[0], pipeline.days[1]));
  const lingers = dice.chance(0.06) ? days(dice.int(10, 60)) : 0;
  const end = clock.working(opened + takes + lingers, true);
  const closed = end < clock.now;
  const source = dice.chance(0.7) ? dice.pick(sources) : null;
  const likely = pipeline.winning + (sourcePull[source ?? ''] ?? 0);
  const status: Status = closed ? (dice.chance(likely) ? 'won' : 'lost') : 'open';
  const progress = closed ? 1 : Math.min(0.99, (clock.now - opened) / takes);
  const open = pipeline.stages.filter(({ kind }) => kind === 'open');
  const nth = Math.floor(progress * open.length);
  const stage = closed ? pipeline.stages.find(({ kind }) => kind === status)! : open[nth]!;
  // Nobody sells to strangers.
  contact.created = Math.min(contact.created, opened - days(dice.int(0, 20)));
  firm.created = Math.min(firm.created, contact.created - days(dice.int(0, 30)));
  firm.customer ||= status === 'won';
  const undecided = status === 'open' && nth === 0 && dice.chance(0.4);
  const lines = undecided ? [] : linesFor(pipeline, firm, dice);
  return {
    id: uuidV7(),
    name: nameOf(pipeline, firm, lines, opened, dice),
    pipeline,
    stage: stage.name,
    status,
    firm,
    contact,
    owner: ownerOf(pipeline, firm, staff, dice),
    opened,
    end,
    entered: closed ? end : Math.min(clock.now - days(0.1), opened + (takes * nth) / open.length),
    progress,
    lines,
    source,
  };
}

function ownerOf(pipeline: Pipeline, firm: Firm, staff: Colleague[], dice: Dice): Colleague {
  if (pipeline.name === 'New business') return firm.owner;
  const service = staff.filter(
    ({ languages, role }) => languages.length === 0 && (role === 'member' || role === 'advisor'),
  );
  return service.length > 0 && dice.chance(0.75) ? dice.pick(service) : firm.owner;
}

function linesFor(pipeline: Pipeline, { locale }: Firm, dice: Dice): Line[] {
  const kinds = pipeline.name === 'New business' ? ['device', 'device', 'device', 'extra'] : ['plan', 'service'];
  const chosen = new Map<string, Product>();
  for (const kind of kinds) {
    const product = dice.pick(products.filter((candidate) => candidate.kind === kind));
    if (chosen.size === 0 || dice.chance(0.45)) chosen.set(product.sku, product);
  }
  const list = priceLists[locale.currency];
  return [...chosen.values()].map((product) => ({
    product,
    quantity: product.price > 3000 ? dice.int(1, 4) : product.price > 1000 ? dice.int(1, 9) : dice.int(2, 36),
    price: Math.round((product.price * list.factor * 10 ** list.digits) / list.step) * list.step,
    discount: dice.pick([0, 0, 0, 5, 7.5, 10]),
  }));
}

function nameOf({ name }: Pipeline, firm: Firm, lines: Line[], opened: number, dice: Dice): string {
  const main = lines[0]?.product ?? products[0];
  return dice
    .pick(name === 'New business' ? dealNames.new : dealNames.renewal)
    .replace('{family}', main.family)
    .replace('{product}', main.name)
    .replace('{quantity}', String(lines[0]?.quantity ?? 2))
    .replace('{site}', firm.city)
    .replace('{n}', String(dice.int(2, 9)))
    .replace('{year}', String(new Date(opened).getUTCFullYear() + 1));
}

/** As the database rounds a line: halves up. */
const totalOf = ({ quantity, price, discount }: Line) => Math.round((quantity * price * (1000 - discount * 10)) / 1000);

export const amountOf = (deal: Deal): number | null =>
  deal.lines.length === 0 ? null : deal.lines.reduce((sum, line) => sum + totalOf(line), 0);

interface Vocabulary {
  stageIds: Map<string, string>;
  pipelineIds: Map<string, string>;
  reasonIds: Map<string, string[]>;
}

export function dealRow(deal: Deal, { stageIds, pipelineIds, reasonIds }: Vocabulary, dice: Dice) {
  const closed = deal.status !== 'open';
  return {
    id: deal.id,
    name: deal.name,
    amount: amountOf(deal),
    currency: deal.firm.locale.currency,
    company_id: deal.firm.id,
    contact_id: deal.contact.id,
    owner_id: deal.owner.id,
    pipeline_id: pipelineIds.get(deal.pipeline.name),
    stage_id: stageIds.get(`${deal.pipeline.name}/${deal.stage}`),
    status: deal.status,
    stage_entered_at: time(deal.entered),
    position: deal.entered / 1000,
    expected_close_on: dice.chance(0.9) ? date(deal.end + days(dice.int(-12, 9))) : null,
    opened_on: date(deal.opened),
    closed_on: closed ? date(deal.end) : null,
    close_reason_id: closed && dice.chance(0.8) ? dice.pick(reasonIds.get(deal.status)!) : null,
    close_note: deal.status === 'lost' && dice.chance(0.4) ? dice.pick(lossNotes) : null,
    source: deal.source,
    custom: dice.chance(0.4) ? { site_visit: dice.chance(0.5) } : {},
    created_at: time(deal.opened),
    updated_at: time(Math.max(deal.opened, deal.entered)),
  };
}

export function lineRows(deal: Deal, productIds: Map<string, string>) {
  return deal.lines.map((line, i) => ({
    id: uuidV7(),
    deal_id: deal.id,
    product_id: productIds.get(line.product.sku),
    quantity: line.quantity,
    unit_price: line.price,
    discount_percent: line.discount,
    position: i + 1,
    created_at: time(deal.opened),
    updated_at: time(deal.opened),
  }));
}

/** The stages that a deal came through before the one it is in. */
export function visitRows(
  { id, pipeline, status, stage, opened, entered }: Deal,
  { stageIds }: Pick<Vocabulary, 'stageIds'>,
) {
  const open = pipeline.stages.filter(({ kind }) => kind === 'open');
  // What is lost was lost on the way.
  const furthest = status === 'lost' ? 1 + (Math.round(opened / 1000) % open.length) : open.length;
  const passed =
    status === 'open'
      ? open.slice(
          0,
          open.findIndex(({ name }) => name === stage),
        )
      : open.slice(0, furthest);
  return passed.map(({ name }, nth) => ({
    deal_id: id,
    stage_id: stageIds.get(`${pipeline.name}/${name}`),
    entered_at: time(opened + ((entered - opened) * nth) / passed.length),
  }));
}
