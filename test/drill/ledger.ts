import { type Client, client } from '../harness/app.ts';

/** Contacts that one request makes: all of them or none may be there afterwards. */
const contacts_per_request = 5;
/** One request in so many uploads a file. */
const upload_every = 40;

/** A write request, as its client saw it. Times are of this machine, in milliseconds. */
export interface Write {
  name: string;
  kind: 'create' | 'change' | 'upload';
  sentAt: number;
  /** Absent when no answer came: it may have been done or not. */
  answeredAt?: number;
  /** Of the file that was made, or of the contact that was changed. */
  id?: string;
}

/**
 * What clients that write without a pause were told. Each sends its next request when the last is answered, until the
 * server is gone.
 */
export class DrillLedger {
  readonly writes: Write[] = [];
  readonly failures: string[] = [];
  private stopped = false;
  private readonly writers: Promise<void>[];

  constructor(url: string, key: string, writers: number) {
    const api = client(url, key);
    this.writers = Array.from({ length: writers }, (_, writer) => this.write(api, writer));
  }

  get answered(): Write[] {
    return this.writes.filter(({ answeredAt }) => answeredAt !== undefined);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.writers);
  }

  private async write(api: Client, writer: number): Promise<void> {
    let made: string | undefined;
    for (let n = 0; !this.stopped; n++) {
      const name = `w${writer}-${n}`;
      const kind = n % upload_every === upload_every - 1 ? 'upload' : made ? 'change' : 'create';
      const write: Write = { name, kind, sentAt: Date.now(), ...(kind === 'change' && { id: made }) };
      this.writes.push(write);
      const answer = await send(api, write).catch(() => undefined);
      // Nobody answers any more: the machine is lost.
      if (!answer) return;
      if (answer.status >= 300) {
        this.failures.push(`${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
        if (this.failures.length > 10) return;
        continue;
      }
      write.answeredAt = Date.now();
      if (kind === 'upload') write.id = answer.body.id;
      made = kind === 'create' ? answer.body.data[0].id : undefined;
    }
  }
}

export const fileText = (name: string): string => `What ${name} uploaded.\n`.repeat(200);

function send(api: Client, { kind, name, id }: Write) {
  const headers = { 'idempotency-key': name };
  if (kind === 'change')
    return api('PATCH', `/api/v1/contacts/${id}`, { given_name: name, family_name: name }, headers);
  if (kind === 'upload') {
    const form = new FormData();
    form.append('file', new Blob([fileText(name)], { type: 'text/plain' }), `${name}.txt`);
    return api('POST', '/api/v1/files?kind=upload', form, headers);
  }
  const data = Array.from({ length: contacts_per_request }, (_, i) => ({
    external_id: `${name}-${i}`,
    given_name: 'Drill',
    family_name: 'Drill',
  }));
  return api('POST', '/api/v1/contacts/bulk', { data }, headers);
}

export interface Comparison {
  kept: number;
  /** Answered, and not there. */
  lost: number;
  /** From the first answer that is lost to the end of the machine. */
  lost_seconds: number;
  /** Unanswered, and there all the same. */
  unanswered_kept: number;
  /** Requests of which a part is there. */
  half_done: string[];
  /** Kept, though a write that had been answered before they were sent is lost. */
  out_of_order: string[];
  /** Contacts that nobody wrote. */
  invented: string[];
}

interface StoredContact {
  id: string;
  external_id: string;
  given_name: string;
  family_name: string;
}

/** Compares what a restored installation has with what the clients were told before the machine was lost. */
export async function compare(writes: readonly Write[], api: Client, lostAt: number): Promise<Comparison> {
  const contacts = await readContacts(api);
  const byId = new Map(contacts.map((contact) => [contact.id, contact]));
  const counts = new Map<string, number>();
  for (const { external_id } of contacts) {
    const name = external_id.replace(/-\d+$/, '');
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const creates = new Set(writes.flatMap(({ kind, name }) => (kind === 'create' ? name : [])));
  const invented = [...counts.keys()].filter((name) => !creates.has(name));
  const kept: Write[] = [];
  const half_done: string[] = [];
  for (const write of writes) {
    const state = await stateOf(write);
    if (state === 'half') half_done.push(write.name);
    if (state === 'kept') kept.push(write);
  }
  const isKept = new Set(kept);
  const lost = writes.filter((write) => write.answeredAt !== undefined && !isKept.has(write));
  const firstLost = Math.min(...lost.map(({ answeredAt }) => answeredAt!));
  return {
    kept: kept.filter(({ answeredAt }) => answeredAt !== undefined).length,
    lost: lost.length,
    lost_seconds: lost.length === 0 ? 0 : Math.round((lostAt - firstLost) / 100) / 10,
    unanswered_kept: kept.filter(({ answeredAt }) => answeredAt === undefined).length,
    half_done,
    out_of_order: kept.filter(({ sentAt }) => sentAt > firstLost).map(({ name }) => name),
    invented,
  };

  async function stateOf({ kind, name, id, answeredAt }: Write): Promise<'kept' | 'lost' | 'half'> {
    if (kind === 'create') {
      const count = counts.get(name) ?? 0;
      return count === 0 ? 'lost' : count === contacts_per_request ? 'kept' : 'half';
    }
    if (kind === 'change') {
      const contact = byId.get(id!);
      if (!contact) return 'lost';
      const changed = [contact.given_name, contact.family_name].filter((value) => value === name).length;
      return changed === 0 ? 'lost' : changed === 2 ? 'kept' : 'half';
    }
    // Which file an unanswered upload would have made, nobody knows.
    if (answeredAt === undefined) return 'lost';
    const content = await api('GET', `/api/v1/files/${id}/content`);
    if (content.status === 200) return content.body === fileText(name) ? 'kept' : 'half';
    const listed = await api('GET', `/api/v1/files/${id}`);
    return listed.status === 404 && content.status === 404 ? 'lost' : 'half';
  }
}

async function readContacts(api: Client): Promise<StoredContact[]> {
  const contacts: StoredContact[] = [];
  let cursor = '';
  do {
    const { status, body } = await api('GET', `/api/v1/contacts?limit=200&sort=created_at${cursor}`);
    if (status !== 200) throw new Error(`Contacts could not be listed: ${status} ${JSON.stringify(body)}`);
    contacts.push(...body.data);
    cursor = body.next_cursor ? `&cursor=${encodeURIComponent(body.next_cursor)}` : '';
  } while (cursor);
  return contacts;
}
