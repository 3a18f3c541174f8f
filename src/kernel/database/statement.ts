import { createHash } from 'node:crypto';
import type { CompiledQuery, RawBuilder } from 'kysely';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import pg from 'pg';
import { recordedSpan, recordStatement } from '../tracing/statement.ts';
import type { Query } from './batch.ts';
import type { Send } from './pipeline.ts';

/** Anything Kysely compiles to one statement: an `` sql`…` `` template or a query builder. */
export type Statement<Row> = Pick<RawBuilder<Row>, 'compile'>;

/** Compiles only; statements run on our own pipelined connections. */
const compiler = new Kysely<Record<string, never>>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

class Placeholder<Values> {
  readonly name: keyof Values;
  constructor(name: keyof Values) {
    this.name = name;
  }
}

/**
 * Compiles statements of hot paths once for each `key`, which must stand for everything that the text depends on.
 * `build` gets placeholders instead of values; it may only pass them on as parameters.
 */
export function statementCache<Values extends object>() {
  const cache = new Map<string, CompiledQuery<never>>();
  return <Row>(key: string, values: Values, build: (values: Values) => Statement<Row>): Statement<Row> => {
    let compiled = cache.get(key) as CompiledQuery<Row> | undefined;
    if (!compiled) {
      const names = Object.keys(values) as (keyof Values)[];
      const placeholders = Object.fromEntries(names.map((name) => [name, new Placeholder<Values>(name)])) as Values;
      compiled = build(placeholders).compile(compiler);
      cache.set(key, compiled as CompiledQuery<never>);
    }
    const { parameters } = compiled;
    const given = parameters.map((value) =>
      value instanceof Placeholder ? values[value.name as keyof Values] : value,
    );
    return { compile: () => ({ ...compiled, parameters: given }) };
  };
}

/** Prepared statements on each connection; statements with other texts than the first ones are sent unnamed. */
const prepared_statements_max = 500;
const statementNames = new Map<string, string>();

function statementName(text: string): string | undefined {
  const known = statementNames.get(text);
  if (known || statementNames.size >= prepared_statements_max) return known;
  const name = createHash('sha256').update(text).digest('base64url').slice(0, 22);
  statementNames.set(text, name);
  return name;
}

/** How a statement is sent: with its parameters, and prepared on the connection if it is one of the first texts. */
export function queryOf(statement: Statement<unknown>): Query {
  const { sql: text, parameters } = statement.compile(compiler);
  return { name: statementName(text), text, values: parameters as unknown[] };
}

/** A statement with its parameters as literals, quoted by the driver: for COPY, which takes no parameters. */
export function withLiterals(statement: Statement<unknown>): string {
  const { sql: text, parameters } = statement.compile(compiler);
  return text.replace(/\$(\d+)/g, (_, number: string) => literal(parameters[Number(number) - 1]));
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (!Array.isArray(value)) return pg.escapeLiteral(String(value));
  const items = value.map((item) => `"${String(item).replace(/["\\]/g, '\\$&')}"`);
  return pg.escapeLiteral(`{${items.join(',')}}`);
}

/**
 * One transaction. Statements that are sent without awaiting the previous one travel in one round trip. In a read-only
 * transaction, each such group is a transaction of its own.
 */
export interface Tx {
  many<Row>(statement: Statement<Row>): Promise<Row[]>;
  /** The only row, or undefined. */
  maybe<Row>(statement: Statement<Row>): Promise<Row | undefined>;
  /** The only row; throws when there is none. */
  one<Row>(statement: Statement<Row>): Promise<Row>;
  /** How many rows a statement changed. */
  run(statement: Statement<unknown>): Promise<number>;
  /**
   * Sends a statement whose result nobody awaits. It travels with the next one, at the latest with the COMMIT, which
   * fails when it does.
   */
  post(statement: Statement<unknown>): void;
}

/** Called for each successful statement with its duration, as seen from here. */
export type Observe = (statement: string, ms: number) => void;

/** Sends statements as parts of the trace that runs, if one does. */
export function recorded(send: Send): Send {
  const span = recordedSpan();
  if (!span) return send;
  return (query) => {
    const began = performance.now();
    const answer = send(query);
    // Its caller handles a failure.
    answer.then(
      () => recordStatement(span, query.text, began),
      (error: unknown) => recordStatement(span, query.text, began, error),
    );
    return answer;
  };
}

export function statementsOver(plain: Send, observe: Observe | undefined): Tx {
  const send = recorded(plain);
  const query = (statement: Statement<unknown>) => {
    const compiled = queryOf(statement);
    const began = observe && performance.now();
    const answer = send(compiled);
    // Its caller handles a failure.
    if (began !== undefined)
      answer.then(
        () => observe!(compiled.text, performance.now() - began),
        () => {},
      );
    return answer;
  };
  return {
    many: async <Row>(statement: Statement<Row>) => (await query(statement)).rows as Row[],
    maybe: async <Row>(statement: Statement<Row>) => (await query(statement)).rows[0] as Row | undefined,
    one: async <Row>(statement: Statement<Row>) => {
      const row = (await query(statement)).rows[0] as Row | undefined;
      if (row === undefined) throw new Error('A statement that must answer one row answered none');
      return row;
    },
    run: async (statement) => (await query(statement)).rowCount ?? 0,
    post: (statement) => void query(statement).catch(() => {}),
  };
}
