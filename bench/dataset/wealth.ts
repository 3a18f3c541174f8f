import { readFileSync } from 'node:fs';
import { createTenant } from '../../src/kernel/identity/index.ts';
import type { Actor } from '../../src/kernel/tenancy/context.ts';
import { type Bench, callerOf, tenantNamed } from '../bench.ts';
import { withClient } from '../cluster.ts';
import { connections } from '../compare.ts';
import type { Target } from '../load.ts';
import { signIn } from '../people.ts';

const script = readFileSync(new URL('wealth.sql', import.meta.url), 'utf8');
const tables =
  'user_account user_role household household_adviser contact household_member custodian financial_security price financial_account account_owner account_transaction'.split(
    ' ',
  );
const households_max = 10_000;
const people_of_household = 20;
const transactions_of_account = 100;
const ten_years = 3_660;

/** An advisory firm in a workspace of its own. */
export interface Firm {
  tenant_id: string;
  households: number;
  advisers: number;
  /** Sixteen advisers, with a session each. */
  asAdvisers: Target;
  /** The primary adviser of the household's page, by an API key. */
  asAdviser: Target;
  adviser: Actor;
  /** The household of ten accounts with ten years of daily prices. */
  page: { id: string; accounts: string[] };
}

const firms = new WeakMap<Bench, Promise<Firm>>();

/** The firm of this run; made when the first case wants it. */
export function firmOf(bench: Bench): Promise<Firm> {
  const known = firms.get(bench);
  if (known) return known;
  const made = makeFirm(bench);
  firms.set(bench, made);
  return made;
}

/**
 * Ten thousand households of twenty people with five million transactions at 100,000 contacts; fewer at fewer. Where so
 * many rows refer to others, that these are there is not checked.
 */
async function makeFirm(bench: Bench): Promise<Firm> {
  const { holdfastUrl } = bench.dataset;
  const households = bench.smoke ? 300 : Math.min(households_max, bench.dataset.contacts / 10);
  const advisers = households / 20;
  const people = households * (bench.smoke ? 2 : people_of_household);
  const each = bench.smoke ? 4 : transactions_of_account;
  bench.say(`  an advisory firm: ${households} households, ${people} people, ${households * 5 * each} transactions …`);
  await createTenant(holdfastUrl, { name: 'bench-firm', title: 'Bench firm' });
  const tenant_id = await tenantNamed(holdfastUrl, 'bench-firm');
  const numbers: Record<string, number> = { households, advisers, people, each, days: bench.smoke ? 400 : ten_years };
  const page = await withClient(holdfastUrl, async (client) => {
    const triggers = (what: 'enable' | 'disable') =>
      tables.map((table) => `alter table ${table} ${what} trigger user;`);
    await client.query(triggers('disable').join(''));
    const references = await client.query<{ drop: string; add: string }>(`select
        format('alter table %s drop constraint %I;', conrelid::regclass, conname) as drop,
        format('alter table %s add constraint %I %s not valid;', conrelid::regclass, conname, pg_get_constraintdef(oid)) as add
      from pg_constraint where contype = 'f' and conrelid = any (array['account_transaction', 'price']::regclass[])`);
    await client.query(references.rows.map(({ drop }) => drop).join(''));
    await client.query(
      script.replace(/\$([a-z]+)\b/g, (_, name: string) => (name === 'tenant' ? tenant_id : String(numbers[name]))),
    );
    await client.query([...triggers('enable'), ...references.rows.map(({ add }) => add)].join(''));
    await client.query(`vacuum analyze ${tables}`);
    const { rows } = await client.query(
      `select bench.id('household', $1) as id,
      array(select id::text from bench.account where of_page = 'page' order by i) as accounts`,
      [households],
    );
    return rows[0] as Firm['page'];
  });
  const adviser = await callerOf(bench.db, tenant_id, 'advisor');
  const { url } = bench.holdfast;
  return {
    tenant_id,
    households,
    advisers,
    page,
    adviser: adviser.actor,
    asAdviser: { url, headers: { authorization: `Bearer ${adviser.key}` } },
    asAdvisers: {
      url,
      headers: {},
      callers: await signIn(holdfastUrl, tenant_id, { role: 'advisor', people: connections }),
    },
  };
}
