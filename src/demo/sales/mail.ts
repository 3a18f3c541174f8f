import { createHash } from 'node:crypto';
import { sql } from '../../kernel/database/database.ts';
import { uuidV7 } from '../../kernel/database/uuid.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { refreshConversations } from '../../modules/mail/index.ts';
import { days, hours, time } from '../clock.ts';
import type { Colleague, Scene } from '../demo.ts';
import { insertRows } from '../insert.ts';
import type { Deal } from './deals.ts';
import type { Person } from './people.ts';
import { products } from './words/business.ts';
import { type ConversationWords, conversations, internal, notices, templates } from './words/mails.ts';
import { workspace } from './words/staff.ts';

/** Older than so many days, a conversation is in the archive. */
const archived_days = 25;
const past_days = 150;
/** Of what came in during the last days, some has not been read. */
const unread_days = 3;

export interface Party {
  name: string;
  address: string;
}

interface Owner extends Party {
  colleague: Colleague;
  mailbox_id: string;
}

/** A contact with an e-mail address, as the workspace knows it. */
export interface Customer extends Party {
  person: Person;
  job_title: string | null;
  records: string[];
}

interface Letter {
  id: string;
  header_id: string;
  conversation_id: string;
  subject: string;
  body: string;
  html: string | null;
  from: Party;
  to: readonly Party[];
  at: number;
  records: readonly string[];
  isOwn: boolean;
}

/**
 * The mailboxes of the administrator and of a manager, who shares hers, with their conversations of the last months.
 * They are not connected to a provider: nothing comes in, and nothing is sent.
 */
export async function storeMail(ctx: Context, scene: Scene & { people: Person[]; deals: Deal[] }): Promise<void> {
  const { dice, staff, people, deals } = scene;
  const customers = await customersOf(ctx, people, deals);
  const [first, second] = [staff[0]!, staff.find(({ role }) => role === 'manager') ?? staff[1]!];
  const owners = [
    await mailboxOf(ctx, first, 'private'),
    ...(second !== first ? [await mailboxOf(ctx, second, 'all')] : []),
  ];
  const colleagues = await partiesOf(ctx, staff);
  const rest = dice.shuffled(customers);
  for (const [at, owner] of owners.entries()) {
    // Each conversation once in the first months and once lately, with somebody else each time.
    const rounds = at === 0 ? [...conversations, ...conversations, ...internal] : [...conversations];
    const letters: Letter[] = [];
    for (const [turn, words] of dice.shuffled(rounds).entries()) {
      const began = scene.clock.daysAgo(past_days * ((turn + dice.roll()) / rounds.length) ** 1.6);
      const customer = internal.includes(words) ? undefined : rest.pop();
      if (!customer && !internal.includes(words)) break;
      letters.push(...conversation(words, { owner, customer, colleagues, began }, scene));
    }
    for (let turn = 0; turn < notices.length * 3; turn++)
      letters.push(notice(notices[turn % notices.length]!, owner, scene));
    await store(ctx, owner, letters, scene);
  }
  const { id: owner_id } = owners.at(-1)!.colleague;
  await insertRows(ctx, 'mail_template', templates.map((one) => ({ id: uuidV7(), ...one, owner_id, shared: true })));
} // biome-ignore format: a table a line

async function mailboxOf(ctx: Context, colleague: Colleague, sharing: string): Promise<Owner> {
  const [party] = (await partiesOf(ctx, [colleague])).values();
  const mailbox_id = uuidV7();
  const { name, address } = party!;
  await insertRows(ctx, 'mailbox', [{ id: mailbox_id, name, address, owner_id: colleague.id, sharing }]);
  return { colleague, mailbox_id, name, address };
}

/** The staff by their ids. Their addresses are those of the workspace. */
export async function partiesOf(ctx: Context, staff: readonly Colleague[]): Promise<Map<string, Party>> {
  const rows = await ctx.tx.many<{
    id: string;
    name: string;
    email: string;
  }>(sql`select id, name, email from user_account
    where tenant_id = ${ctx.tenant_id} and id = any (${staff.map(({ id }) => id)}::uuid[]) order by id`);
  return new Map(
    rows.map(({ id, name, email }) => [
      id,
      { name, address: `${email.split('@')[0]!.toLowerCase()}@${workspace.domain}` },
    ]),
  );
}

/** Those who write English and have an address, with what mail with them is about. */
export async function customersOf(
  ctx: Context,
  people: readonly Person[],
  deals: readonly Deal[],
): Promise<Customer[]> {
  const english = people.filter(({ employed, firm }) => employed && firm.locale.language === 'English');
  const known = new Map(
    (
      await ctx.tx.many<{
        id: string;
        name: string;
        email: string;
        job_title: string | null;
      }>(sql`select id, name, email, job_title from contact
        where tenant_id = ${ctx.tenant_id} and id = any (${english.map(({ id }) => id)}::uuid[]) and email is not null`)
    ).map((row) => [row.id, row]),
  );
  const open = new Map(deals.filter(({ status }) => status === 'open').map((deal) => [deal.contact.id, deal.id]));
  return english.flatMap((person) => {
    const row = known.get(person.id);
    if (!row) return [];
    const deal = open.get(person.id);
    const records = [person.id, person.firm.id, ...(deal ? [deal] : [])];
    return [{ person, name: row.name, address: row.email, job_title: row.job_title, records }];
  });
}

interface Setting {
  owner: Owner;
  customer: Customer | undefined;
  colleagues: ReadonlyMap<string, Party>;
  began: number;
}

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'] as const;
const devices = products.filter(({ kind }) => kind === 'device');

/** What was written by now of a conversation that began then. */
function conversation(
  words: ConversationWords,
  { owner, customer, colleagues, began }: Setting,
  scene: Scene,
): Letter[] {
  const { dice, clock, staff } = scene;
  const mate = dice.pick(staff.filter(({ id }) => id !== owner.colleague.id && id !== staff[0]!.id));
  const colleague = colleagues.get(mate.id)!;
  const slots: Record<string, string> = {
    me: owner.colleague.first,
    who: customer?.person.who ?? mate.first,
    firm: customer?.person.firm.short ?? workspace.title,
    site: customer?.person.firm.city ?? '',
    product: dice.pick(devices).name,
    n: String(dice.int(4, 40)),
    number: `${new Date(began).getUTCFullYear()}-${dice.digits('0###')}`,
    colleague: mate.first,
    day: dice.pick(weekdays),
  };
  const filled = (text: string) => text.replace(/\{(\w+)\}/g, (_, slot: string) => slots[slot]!);
  const parties: Record<string, Party> = { us: owner, colleague, ...(customer && { them: customer }) };
  const present = [...new Set(words.says.map(([voice]) => parties[voice]!))];
  const conversation_id = uuidV7();
  const subject = filled(words.subject);
  const letters: Letter[] = [];
  let at = clock.working(began);
  for (const [voice, text] of words.says) {
    if (at > clock.now) break;
    const from = parties[voice]!;
    const sender =
      voice === 'them' ? [from.name, customer!.job_title, customer!.person.firm.name] : [from.name, workspace.title];
    const said = `${filled(text)}\n\nBest regards\n${sender.filter(Boolean).join('\n')}`;
    const before = letters.at(-1);
    const id = uuidV7();
    letters.push({
      id,
      header_id: `<${id}@${from.address.split('@')[1]}>`,
      conversation_id,
      subject: before ? `Re: ${subject}` : subject,
      body: before ? `${said}\n\n${quoted(before)}` : said,
      html: null,
      from,
      to: present.filter((party) => party !== from),
      at,
      records: customer?.records ?? [],
      isOwn: from === owner,
    });
    at = clock.working(at + hours(dice.int(2, 30)), true);
    if (at <= letters.at(-1)!.at) at = letters.at(-1)!.at + hours(1);
  }
  return letters;
}

/** Without what it quotes. */
const ownWords = (body: string): string =>
  body
    .split('\n')
    .filter((line) => !line.startsWith('>') && !line.endsWith(' wrote:'))
    .join('\n');

function quoted({ at, from, body }: Letter): string {
  const day = new Date(at).toUTCString().slice(0, 16);
  const lines = ownWords(body).split('\n');
  return `On ${day}, ${from.name} wrote:\n${lines
    .map((line) => `> ${line}`)
    .join('\n')
    .trimEnd()}`;
}

function notice(words: (typeof notices)[number], owner: Owner, { dice, clock }: Scene): Letter {
  const id = uuidV7();
  const number = dice.digits('######');
  return {
    id,
    header_id: `<${id}@${words.address.split('@')[1]}>`,
    conversation_id: uuidV7(),
    subject: words.subject.replace('{number}', number),
    body: words.body.replace('{number}', number),
    html: words.html ?? null,
    from: { name: words.from, address: words.address },
    to: [owner],
    at: clock.working(clock.daysAgo(dice.roll() * 60)),
    records: [],
    isOwn: false,
  };
}

const folders = [
  ['INBOX', 'inbox'],
  ['Sent', 'sent'],
  ['Archive', 'archive'],
  ['Drafts', 'drafts'],
  ['Junk', 'junk'],
  ['Trash', 'trash'],
] as const;

async function store(ctx: Context, owner: Owner, letters: readonly Letter[], { dice, clock }: Scene): Promise<void> {
  const { mailbox_id, colleague } = owner;
  const folderIds = new Map(folders.map(([, role]) => [role as string, uuidV7()]));
  const last = new Map<string, number>();
  for (const { conversation_id, at } of letters)
    last.set(conversation_id, Math.max(at, last.get(conversation_id) ?? 0));
  const folderOf = ({ isOwn, conversation_id }: Letter) =>
    isOwn ? 'sent' : last.get(conversation_id)! < clock.now - days(archived_days) ? 'archive' : 'inbox';
  const counted = Map.groupBy(letters, folderOf);
  await insertRows(
    ctx,
    'mail_folder',
    folders.map(([path, role]) => ({
      id: folderIds.get(role),
      mailbox_id,
      path,
      name: path,
      role,
      uid_validity: 1,
      provider_count: counted.get(role as ReturnType<typeof folderOf>)?.length ?? 0,
    })),
  );
  await insertRows(
    ctx,
    'mail_message',
    letters.map((letter) => messageRow(letter)),
  );
  await insertRows(
    ctx,
    'message_reference',
    letters.map(({ header_id, conversation_id }) => ({ header_id, conversation_id })),
  );
  await insertRows(
    ctx,
    'message_address',
    letters.flatMap(({ id, from, to }) =>
      [...new Set([from, ...to].map(({ address }) => address))].map((address) => ({ address, message_id: id })),
    ),
  );
  await insertRows(
    ctx,
    'mail_ledger',
    letters.map((letter, at) => ({
      id: uuidV7(),
      mailbox_id,
      folder_id: folderIds.get(folderOf(letter)),
      uid_validity: 1,
      uid: at + 1,
      header_id: letter.header_id,
      subject: letter.subject,
      from_address: letter.from.address,
      sent_at: time(letter.at),
      size_bytes: letter.body.length + 1_200,
      is_seen: letter.isOwn || letter.at < clock.now - days(unread_days) || dice.chance(0.4),
      outcome: 'imported',
      message_id: letter.id,
      at: time(letter.at),
      created_at: time(letter.at),
    })),
  );
  await refreshConversations(ctx, mailbox_id, [...last.keys()]);

  function messageRow({ id, header_id, conversation_id, subject, body, html, from, to, at, records, isOwn }: Letter) {
    return {
      id,
      header_id,
      digest: `\\x${createHash('sha256').update(header_id).digest('hex')}`,
      conversation_id,
      subject,
      snippet: ownWords(body).replace(/\s+/g, ' ').slice(0, 200),
      body,
      html,
      from_name: from.name,
      from_address: from.address,
      to_text: to.map(({ name }) => name).join(', '),
      recipients: [
        { kind: 'from', name: from.name, address: from.address },
        ...to.map(({ name, address }) => ({ kind: 'to', name, address })),
      ],
      authentication: isOwn ? null : 'passed',
      direction: isOwn ? 'out' : 'in',
      occurred_at: time(at),
      author_id: isOwn ? colleague.id : null,
      records,
      mailbox_ids: [mailbox_id],
      created_at: time(at),
      updated_at: time(at),
    };
  }
}
