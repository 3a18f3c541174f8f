import Fastify from 'fastify';
import pg from 'pg';

/**
 * A server that does nothing but SQL: the statements that it is given under a name, as prepared ones, as a role that
 * row-level security lets read all. Started by the benchmarks as a process of its own: node bench/reference/same-sql.ts
 * DATABASE_URL
 */
interface Given {
  Params: { name: string };
  Body: { text: string; values: unknown[] }[];
}

const pool = new pg.Pool({ connectionString: process.argv[2], max: 10, options: '-c role=holdfast_system' });
const app = Fastify();
const given = new Map<string, pg.QueryConfig[]>();

app.post<Given>('/:name', async ({ params: { name }, body }) => {
  given.set(
    name,
    body.map(({ text, values }, n) => ({ name: `${name} ${n}`, text, values })),
  );
  return {};
});

app.get<Given>('/:name', async ({ params: { name } }) => ({
  data: await Promise.all(given.get(name)!.map(async (statement) => (await pool.query(statement)).rows)),
}));

process.stderr.write(`ready at ${await app.listen({ host: '127.0.0.1', port: 0 })}\n`);
