import type { Client } from '../harness/app.ts';

const ledger_ms_max = 150_000;

/**
 * What a client was told. Each write has a key of its own and is repeated with it until it is answered, as a careful
 * program does.
 */
export class Ledger {
  readonly answered = new Map<string, string>();
  private stopped = false;
  private readonly loops: Promise<void>[];
  private next = 0;
  /** A test that failed must not write on for ever. */
  private readonly deadline = Date.now() + ledger_ms_max;
  readonly failures: string[] = [];

  constructor(api: Client, writers: number) {
    this.loops = Array.from({ length: writers }, () => this.write(api));
  }

  private async write(api: Client): Promise<void> {
    while (!this.stopped && Date.now() < this.deadline) {
      const external_id = `write-${this.next++}`;
      for (;;) {
        const answer = await api(
          'POST',
          '/api/v1/contacts',
          { external_id, given_name: 'Ledger' },
          { 'idempotency-key': external_id },
        ).catch(() => undefined);
        if (answer?.status === 201) {
          this.answered.set(external_id, answer.body.id);
          break;
        }
        // Away or restarting: the same again. Anything else would be a wrong answer to a good request.
        if (answer && answer.status !== 503) this.failures.push(`${answer.status} ${JSON.stringify(answer.body)}`);
        if (this.failures.length > 10 || Date.now() > this.deadline) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  /** Ends after the writes under way are answered. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.loops);
  }

  /** Resolves when so many more writes were answered. */
  async more(count: number): Promise<void> {
    const goal = this.answered.size + count;
    const deadline = Date.now() + 60_000;
    while (this.answered.size < goal) {
      if (Date.now() > deadline || this.failures.length > 0)
        throw new Error(`Writes stand still at ${this.answered.size}: ${this.failures[0] ?? ''}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Every contact there is, by external id. Throws when one is there twice. */
export async function storedContacts(api: Client): Promise<Map<string, string>> {
  const stored = new Map<string, string>();
  let cursor = '';
  do {
    const { body } = await api('GET', `/api/v1/contacts?limit=200&sort=created_at${cursor && `&cursor=${cursor}`}`);
    for (const { id, external_id } of body.data) {
      if (stored.has(external_id)) throw new Error(`${external_id} is there twice`);
      stored.set(external_id, id);
    }
    cursor = body.next_cursor ?? '';
  } while (cursor);
  return stored;
}
