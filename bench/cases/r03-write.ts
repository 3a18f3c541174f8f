import { randomUUID } from 'node:crypto';
import { createRows, updateRow, updateRows } from '../../src/kernel/resource/store.ts';
import { contact } from '../../src/modules/directory/contact/contract.ts';
import { type Bench, type Case, callerOf, nth } from '../bench.ts';
import { compare, compareThroughput, connections } from '../compare.ts';
import type { Connection, Work } from '../load.ts';
import { assertIndexed } from '../plans.ts';

const jobTitle = 'Head of Everything';

function person(bench: Bench, i: number) {
  return {
    given_name: 'Grace',
    family_name: `Number ${i}`,
    email: `grace${i}@example.com`,
    phone: '+1 555 0100',
    job_title: 'Engineer',
    company_id: nth(bench.samples.companies, i),
    owner_id: nth(bench.samples.owners, i),
  };
}

async function holdfastWork(
  bench: Bench,
  connection: Connection,
  i: number,
  caller: Record<string, string> = {},
): Promise<void> {
  const made = await connection.send({
    method: 'POST',
    path: '/api/v1/contacts',
    headers: { 'idempotency-key': randomUUID(), ...caller },
    body: person(bench, i),
  });
  await connection.send({
    method: 'PATCH',
    path: made.headers.location as string,
    headers: { 'idempotency-key': randomUUID(), 'if-match': made.headers.etag as string, ...caller },
    body: { job_title: jobTitle },
  });
}

async function referenceWork(bench: Bench, connection: Connection, i: number): Promise<void> {
  const made = await connection.send({ method: 'POST', path: '/contacts', body: person(bench, i) });
  const { id, version } = JSON.parse(made.text) as { id: string; version: number };
  await connection.send({ method: 'PATCH', path: `/contacts/${id}`, body: { version, job_title: jobTitle } });
}

/** As holdfastWork, with a key for each connection. */
async function callersOwnWork(bench: Bench): Promise<Work> {
  const keys: string[] = [];
  while (keys.length < connections) keys.push((await callerOf(bench.db, bench.admin.tenant_id, 'admin')).key);
  const keyOf = new WeakMap<Connection, string>();
  let next = 0;
  return (connection, i) => {
    const key = keyOf.get(connection) ?? keys[next++ % connections]!;
    keyOf.set(connection, key);
    return holdfastWork(bench, connection, i, { authorization: `Bearer ${key}` });
  };
}

/**
 * R3: a contact is created and then changed, with audit, outbox, ETag and idempotency keys. One caller has all connections, as a program has that
 * brings its data; what one caller sends at once is done together. Beside it, without a bar: each connection with a caller of its own.
 */
export const r03: Case = {
  id: 'R3',
  sizes: 'all',
  measure: async (bench) => {
    const reference = {
      target: bench.reference,
      work: (connection: Connection, i: number) => referenceWork(bench, connection, i),
    };
    const figures = await compare(bench, {
      id: 'R3',
      what: 'create and update a contact',
      latencyMax: 2.5,
      throughputMin: 0.4,
      holdfast: { target: bench.holdfast, work: (connection, i) => holdfastWork(bench, connection, i) },
      reference,
    });
    const each = await compareThroughput(bench, {
      id: 'R3.callers',
      what: 'create and update a contact, as many callers',
      holdfast: { target: bench.holdfast, work: await callersOwnWork(bench) },
      reference,
    });
    return [...figures, each];
  },
  checkPlans: (bench) =>
    assertIndexed(bench, bench.admin, ['contact_pkey', 'company_pkey'], async (ctx) => {
      const [made] = await createRows(ctx, contact, [person(bench, 0)]);
      const id = made!.id as string;
      await updateRow(ctx, contact, id, { job_title: jobTitle }, 1);
      await updateRows(ctx, contact, [{ id, input: { job_title: 'Head' }, version: 2 }]);
    }),
};
