import Fastify from 'fastify';
import pg from 'pg';
import { statements } from './statements.ts';

/**
 * What a good engineer would write by hand in an afternoon: routes, prepared statements, nothing else. Started by the
 * benchmarks as a process of its own: node bench/reference/server.ts DATABASE_URL
 */
const pool = new pg.Pool({ connectionString: process.argv[2], max: 10 });
const app = Fastify();

async function rows(name: keyof typeof statements, values: unknown[]): Promise<unknown[]> {
  return (await pool.query({ name, text: statements[name], values })).rows;
}

interface Parameters {
  Params: { id: string };
  Querystring: { sort: 'name' | '-updated_at' | 'points'; owner_id?: string; q: string };
  Body: Record<string, string | number>;
}

app.get<Parameters>('/contacts', async ({ query: { sort, owner_id } }) => ({
  data: await (owner_id ? rows(`list ${sort} of an owner`, [owner_id]) : rows(`list ${sort}`, [])),
}));

app.get<Parameters>('/search', async ({ query }) => ({ data: await rows('search', [query.q]) }));

app.get<Parameters>('/contacts/:id', async ({ params }, reply) => {
  const [contact] = await rows('readContact', [params.id]);
  return contact ?? reply.code(404).send();
});

app.get<Parameters>('/contacts/:id/timeline', async ({ params }) => ({
  data: await rows('readTimeline', [params.id]),
}));

app.post<Parameters>('/contacts', async ({ body: b }, reply) => {
  const values = [b.given_name, b.family_name, b.email, b.phone, b.job_title, b.company_id, b.owner_id];
  const [contact] = await rows('createContact', values);
  return reply.code(201).send(contact);
});

app.patch<Parameters>('/contacts/:id', async ({ params, body }, reply) => {
  const [contact] = await rows('updateContact', [params.id, body.version, body.job_title]);
  return contact ?? reply.code(409).send();
});

process.stderr.write(`ready at ${await app.listen({ host: '127.0.0.1', port: 0 })}\n`);
