import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { Demo, Scene } from '../demo.ts';
import { insertRows } from '../insert.ts';
import { storeCalendars } from './calendar.ts';
import { type Deal, dealRow, lineRows, makeDeals, visitRows } from './deals.ts';
import { type Firm, firmRow, foundFirms } from './firms.ts';
import { careActivities, dealActivities, dealNote, firmNote, personNote } from './history.ts';
import { storeMail } from './mail.ts';
import { meetPeople, type Person, personRow } from './people.ts';
import { atHand, careStep, nextStep, ownSteps, pastStep } from './plans.ts';
import { dealThread, tellingOf } from './threads.ts';
import { setUp, type Vocabulary } from './vocabulary.ts';
import { pipelines, tags } from './words/business.ts';
import { staff, teams, workspace } from './words/staff.ts';

const firms_count = 300;
const people_count = 2_000;
const deals_counts = [420, 180];

/** Two years of the business of a firm that makes measuring instruments. */
export const salesDemo: Demo = { product: 'sales', with: ['mail', 'insight'], workspace, teams, staff, fill };

interface World extends Scene {
  vocabulary: Vocabulary;
  firms: Firm[];
  people: Person[];
  deals: Deal[];
}

async function fill(ctx: Context, { dice, clock, staff }: Scene): Promise<void> {
  const vocabulary = await setUp(ctx, clock);
  const firms = foundFirms(firms_count, dice, clock, staff);
  const people = meetPeople(people_count, firms, dice, clock);
  const market = { people, staff, dice, clock };
  const deals = pipelines.flatMap((pipeline, i) => makeDeals(deals_counts[i]!, pipeline, market));
  const world: World = { dice, clock, staff, vocabulary, firms, people, deals };
  await storeRecords(ctx, world);
  await storeHistory(ctx, world);
  await storeMail(ctx, world);
  await storeCalendars(ctx, world);
}

async function storeRecords(ctx: Context, { dice, vocabulary, firms, people, deals }: World): Promise<void> {
  const companies = firms.map((firm) => firmRow(firm, dice));
  const contacts = people.map((person) => personRow(person, dice));
  const opportunities = deals.map((deal) => dealRow(deal, vocabulary, dice));
  const lines = deals.flatMap((deal) => lineRows(deal, vocabulary.productIds));
  const tagged = (resource: string, records: { id: string }[], share: number) => {
    const fitting = tags.filter(({ on }) => on.includes(resource));
    const tag = () => vocabulary.tagIds.get(dice.pick(fitting).name);
    return dice.some(records, share).map(({ id }) => ({ tag_id: tag(), record_id: id }));
  };
  await insertRows(ctx, 'company', companies);
  await insertRows(ctx, 'contact', contacts);
  await insertRows(ctx, 'deal', opportunities);
  await insertRows(ctx, 'deal_line', lines);
  await ctx.tx.run(
    sql`select app.add_stage_visits(${JSON.stringify(deals.flatMap((deal) => visitRows(deal, vocabulary)))})`,
  );
  const marks = [...tagged('company', firms, 0.4), ...tagged('contact', people, 0.2), ...tagged('deal', deals, 0.15)];
  await insertRows(ctx, 'record_tag', marks);
}

async function storeHistory(ctx: Context, { people, firms, deals, ...scene }: World): Promise<void> {
  const { dice, staff } = scene;
  const employed = people.filter((person) => person.employed);
  const regulars = employed.filter(({ firm }) => firm.customer);
  const acquaintance = new Map(employed.map((person) => [person.firm, person]));
  const open = deals.filter(({ status }) => status === 'open');
  const closed = deals.filter(({ status }) => status !== 'open');
  const administrators = staff.filter(({ role }) => role === 'admin');
  await insertRows(ctx, 'activity', [
    ...deals.flatMap((deal) => dealActivities(deal, scene)),
    ...dice.some([...regulars, ...regulars], 0.4).map((person) => careActivities(person, person.firm.owner, scene)),
  ]);
  await insertRows(ctx, 'note', [
    ...dice.some([...deals, ...deals], 0.35).map((deal) => dealNote(deal, scene)),
    ...dice.some(firms, 0.6).map((firm) => firmNote(firm, acquaintance.get(firm), scene)),
    ...dice.some(employed, 0.12).map((person) => personNote(person, scene)),
  ]);
  const threads = dice.some(open, 0.45).map((deal) => ({ deal, comments: dealThread(deal, scene) }));
  await insertRows(
    ctx,
    'comment',
    threads.flatMap(({ comments }) => comments),
  );
  await insertRows(
    ctx,
    'notification',
    threads.flatMap(({ deal, comments }) => tellingOf(comments, deal, scene)),
  );
  await insertRows(ctx, 'task', [
    ...dice.some(open, 0.8).map((deal) => nextStep(deal, scene)),
    ...dice.some([...closed, ...closed], 0.5).map((deal) => pastStep(deal, scene)),
    ...dice.some(regulars, 0.06).map((person) => careStep(person, scene)),
    ...administrators.flatMap((colleague) => ownSteps(colleague, scene)),
  ]);
  await insertRows(
    ctx,
    'favourite',
    administrators.flatMap((colleague) => atHand(colleague, open)),
  );
}
