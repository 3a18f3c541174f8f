import type pg from 'pg';

/**
 * How the server finds out that a machine is gone. By default that takes two hours, for which its processes would count
 * as ones that run, and keep what they have locked.
 */
const keepalive = { tcp_keepalives_idle: 20, tcp_keepalives_interval: 5, tcp_keepalives_count: 4 };
/**
 * While a statement runs, the server looks so often whether its client is there. By default it ends the statement
 * first, whoever was killed meanwhile.
 */
const look_ms = 2_000;
/** A server on Windows cannot look. */
const cannot_look = '22023';

/** Has the server notice, for the connections of a role from now on, when their process is gone. */
export const noticeGoneOf = (client: pg.Client, role: string): Promise<void> => apply(client, `alter role ${role} set`);

/** The same for this connection. */
export const noticeGone = (client: pg.Client): Promise<void> => apply(client, 'set');

async function apply(client: pg.Client, set: string): Promise<void> {
  const settings = Object.entries(keepalive).map(([name, value]) => `${set} ${name} = ${value}`);
  await client.query(settings.join(';'));
  await client
    .query(`${set} client_connection_check_interval = ${look_ms}`)
    .catch((error: { code?: string }) => error.code === cannot_look || Promise.reject(error));
}
