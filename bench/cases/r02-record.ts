import { getRow } from '../../src/kernel/resource/store.ts';
import { contact } from '../../src/modules/directory/contact/contract.ts';
import { readTimeline } from '../../src/platform/timeline/service.ts';
import { type Bench, type Case, nth } from '../bench.ts';
import { compare } from '../compare.ts';
import type { Figure } from '../figure.ts';
import { Connection } from '../load.ts';
import { assertIndexed } from '../plans.ts';
import { countRoundTrips } from '../round-trips.ts';
import { startHoldfast } from '../servers.ts';

const trips_max = 3;
const entries = 25;

/** As the page opens a record. */
async function openRecord({ samples }: Bench, connection: Connection, i: number): Promise<void> {
  const id = nth(samples.busyContacts, i);
  await connection.send({ method: 'GET', path: `/api/v1/contacts/${id}/timeline?record=true&limit=${entries}` });
}

/** The same in two requests, which is all that the reference has. */
async function openReferenceRecord({ samples }: Bench, connection: Connection, i: number): Promise<void> {
  const path = `/contacts/${nth(samples.busyContacts, i)}`;
  await connection.send({ method: 'GET', path });
  await connection.send({ method: 'GET', path: `${path}/timeline?limit=${entries}` });
}

/** The most round trips to the database that opening a record takes; the first one also looks up who asks. */
async function roundTrips(bench: Bench): Promise<Figure> {
  const counter = await countRoundTrips(bench.dataset.holdfastUrl);
  const server = await startHoldfast(bench.cluster, counter.url, { role: 'web' });
  const connection = new Connection({ ...bench.holdfast, url: server.url });
  try {
    await openRecord(bench, connection, 0); // opens connections
    let most = 0;
    for (let i = 1; i <= 5; i++) {
      const trips = await counter.during(() => openRecord(bench, connection, i));
      if (trips.length > trips_max) bench.say(JSON.stringify(trips, null, 1));
      most = Math.max(most, trips.length);
    }
    return {
      id: 'R2.round-trips',
      what: 'open one record with its first page of timeline: round trips to the database',
      holdfast: String(most),
      reference: null,
      ratio: null,
      bar: `<= ${trips_max}`,
      met: most <= trips_max,
    };
  } finally {
    await connection.close();
    await server.stop();
    await counter.stop();
  }
}

/** R2: a record and the first page of its timeline, as the page asks for them. */
export const r02: Case = {
  id: 'R2',
  sizes: 'all',
  states: 'both',
  measure: async (bench) => [
    ...(await compare(bench, {
      id: 'R2',
      what: 'open one record with its first page of timeline',
      latencyMax: 2.1,
      holdfast: { target: bench.holdfastAsPeople, work: (connection, i) => openRecord(bench, connection, i) },
      reference: { target: bench.reference, work: (connection, i) => openReferenceRecord(bench, connection, i) },
    })),
    await roundTrips(bench),
  ],
  checkPlans: (bench) =>
    assertIndexed(
      bench,
      bench.admin,
      ['contact_pkey', 'record_link_record', 'activity_pkey', 'note_pkey', 'task_pkey'],
      async (ctx) => {
        const id = bench.samples.busyContacts[0]!;
        await getRow(ctx, contact, id);
        await readTimeline(ctx, contact, id, { limit: entries });
      },
    ),
};
