import { randomUUID } from 'node:crypto';
import { createRows, updateRow } from '../../src/kernel/resource/store.ts';
import { contact } from '../../src/modules/directory/contact/contract.ts';
import { type Bench, type Case, nth } from '../bench.ts';
import { compare } from '../compare.ts';
import type { Connection } from '../load.ts';
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

/** `more`: fields beside those that the reference knows. */
export async function createAndChange(bench: Bench, connection: Connection, i: number, more = {}): Promise<void> {
  const made = await connection.send({
    method: 'POST',
    path: '/api/v1/contacts',
    headers: { 'idempotency-key': randomUUID() },
    body: { ...person(bench, i), ...more },
  });
  await connection.send({
    method: 'PATCH',
    path: made.headers.location as string,
    headers: { 'idempotency-key': randomUUID(), 'if-match': made.headers.etag as string },
    body: { job_title: jobTitle },
  });
}

export async function createAndChangeReference(bench: Bench, connection: Connection, i: number): Promise<void> {
  const made = await connection.send({ method: 'POST', path: '/contacts', body: person(bench, i) });
  const { id, version } = JSON.parse(made.text) as { id: string; version: number };
  await connection.send({ method: 'PATCH', path: `/contacts/${id}`, body: { version, job_title: jobTitle } });
}

/**
 * R3: a contact is created and then changed, with audit, history, ETag and idempotency keys, by sixteen people with a
 * session each.
 */
export const r03: Case = {
  id: 'R3',
  sizes: 'all',
  states: 'both',
  measure: (bench) =>
    compare(bench, {
      id: 'R3',
      what: 'create and update a contact',
      latencyMax: 2.5,
      throughputMin: 0.2,
      holdfast: { target: bench.holdfastAsPeople, work: (connection, i) => createAndChange(bench, connection, i) },
      reference: { target: bench.reference, work: (connection, i) => createAndChangeReference(bench, connection, i) },
    }),
  checkPlans: (bench) =>
    assertIndexed(bench, bench.admin, ['contact_pkey', 'company_pkey'], async (ctx) => {
      const [made] = await createRows(ctx, contact, [person(bench, 0)]);
      const id = made!.id as string;
      await updateRow(ctx, contact, id, { job_title: jobTitle }, 1);
    }),
};
