import type { FastifyRequest } from 'fastify';
import { type ResourceName, rightsText, scopeOf } from '../access/rights.ts';
import { endsConnection } from '../database/batch.ts';
import type { Database } from '../database/database.ts';
import { type Actor, type Context, withContext } from '../tenancy/context.ts';
import { findIdempotentResponse, idempotencyKey, type KeptAnswer, keepAnswers, requestHash } from './idempotency.ts';
import { RequestBatcher } from './request-batcher.ts';
import type { Answer, Input, Route, TransactionalRoute } from './route.ts';

// biome-ignore lint/suspicious/noExplicitAny: a route of any input
type WritingRoute = TransactionalRoute<any, any, any>;

/** A request that changes something. */
interface Write {
  definition: WritingRoute;
  actor: Actor;
  request: FastifyRequest;
  input: Input;
  /** With an Idempotency-Key. */
  once?: { key: string; hash: Buffer };
}

/**
 * Whether what somebody may read and write of these records hangs on nothing but the rights, which others have too. Oneself everybody may read,
 * also who may read no other user.
 */
const isSameForAll = ({ kind, rights }: Actor, reached: readonly ResourceName[]): boolean =>
  kind === 'user' &&
  scopeOf(rights, 'user', 'read') === 'all' &&
  reached.every((resource) =>
    (['read', 'create', 'update'] as const).every((action) =>
      ['all', 'none'].includes(scopeOf(rights, resource, action)),
    ),
  );

/** What is sent: a good answer as text. */
export type Render = (definition: Route, answer: Answer) => KeptAnswer;

/**
 * Does what requests ask for that change something, each in a transaction of its own, or some of one caller, or of people with the same rights, in
 * one (decision 34). In either case a request is done or not done as a whole, by itself.
 */
export class Writes {
  private readonly db: Database;
  private readonly render: Render;
  private readonly batcher = new RequestBatcher(
    (writes: Write[]) => this.doTogether(writes),
    ({ actor }) => actor.credential_id,
  );

  constructor(db: Database, render: Render) {
    this.db = db;
    this.render = render;
  }

  answer(definition: WritingRoute, actor: Actor, request: FastifyRequest, input: Input): Promise<KeptAnswer> {
    const key = definition.method === 'DELETE' ? undefined : idempotencyKey(request);
    const write = { definition, actor, request, input, ...(key && { once: { key, hash: requestHash(request) } }) };
    const like = definition.together?.like(input);
    if (like === undefined) return this.doAlone(write);
    const { tenant_id, kind, rights } = actor;
    const who = isSameForAll(actor, definition.together!.reaches) ? kind : `${actor.credential_id} ${request.ip}`;
    return this.batcher.do(
      [definition.method, definition.path, like, tenant_id, who, rightsText(rights)].join(' '),
      write,
    );
  }

  /**
   * With an Idempotency-Key the change happens once, its answer comes as often as it is asked for. Repeats are rare, so the change is
   * tried first: when it came before, keeping the answer fails on the key, or the change itself does, and all is rolled back.
   */
  private async doAlone(write: Write): Promise<KeptAnswer> {
    const { definition, request, input, once } = write;
    try {
      return await this.transact(write, async (ctx) => {
        const answer = this.rendered(definition, request, await definition.handler(ctx, input));
        if (once) keepAnswers(ctx, [{ ...once, actor: write.actor, answer }]);
        return answer;
      });
    } catch (reason) {
      return this.answerAgain(write, reason);
    }
  }

  /** Of what was not done, or nobody heard that it was: the answer that is kept for its Idempotency-Key, else what went wrong. */
  private async answerAgain(write: Write, reason: unknown): Promise<KeptAnswer> {
    const { once } = write;
    const kept = once && (await this.transact(write, (ctx) => findIdempotentResponse(ctx, once.key, once.hash)));
    if (!kept) throw reason;
    return { ...kept, headers: { ...kept.headers, 'idempotency-replayed': 'true' } };
  }

  private transact<Result>({ actor, request }: Write, work: (ctx: Context) => Promise<Result>): Promise<Result> {
    return withContext(this.db, actor, work, { ip: request.ip, request_id: request.id });
  }

  /** When together they cannot be done, each is by itself, and hears what was wrong with it alone. */
  private async doTogether(writes: Write[]): Promise<Promise<KeptAnswer>[]> {
    const alone = () => writes.map((write) => this.doAlone(write));
    if (writes.length === 1) {
      const answers = alone();
      await Promise.allSettled(answers);
      return answers;
    }
    const { definition, actor: first, request } = writes[0]!;
    const isOneCaller = writes.every(({ actor }) => actor.credential_id === first.credential_id);
    const actor = isOneCaller ? first : { ...first, user_id: null, credential_id: null };
    let committing = false;
    try {
      const answers = await withContext(
        this.db,
        actor,
        async (ctx) => {
          const given = await definition.together!.handler(
            ctx,
            writes.map(({ input }) => input),
          );
          const rendered = given.map((answer, i) => this.rendered(definition, writes[i]!.request, answer));
          keepAnswers(
            ctx,
            writes.flatMap(({ once, actor }, i) => (once ? [{ ...once, actor, answer: rendered[i]! }] : [])),
          );
          committing = true;
          return rendered;
        },
        {
          ip: request.ip,
          gathered: writes.map((write) => ({ id: write.request.id, user: write.actor.user_id, ip: write.request.ip })),
          // Several people wait for nobody else who is nobody, such as keys without a person.
          ...(!isOneCaller && { caller: writes.map((write) => write.actor.user_id).join() }),
        },
      );
      return answers.map((answer) => Promise.resolve(answer));
    } catch (reason) {
      // Nobody knows whether a commit that was not answered took place.
      const isUndone = !committing || !endsConnection(reason as Error);
      return isUndone ? alone() : writes.map((write) => this.answerAgain(write, reason));
    }
  }

  /** By its Change-Id what a request did can be taken back. An answer that is given again names the request that did it. */
  private rendered(definition: Route, { id }: FastifyRequest, answer: Answer): KeptAnswer {
    return this.render(definition, { ...answer, headers: { ...answer.headers, 'change-id': id } });
  }
}
