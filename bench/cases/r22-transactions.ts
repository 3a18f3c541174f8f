import type { Bench, Case } from '../bench.ts';
import { type Firm, firmOf } from '../dataset/wealth.ts';
import { limitFigure } from '../limit.ts';
import { Connection, type Target } from '../load.ts';
import { listP95During, listP95For, ratio } from '../meanwhile.ts';

const rows_in_earnest = 100_000;
const rows_smoke = 200;
const rate_min = 1_500;
const list_ratio_max = 2;
const quiet_ms = 15_000;
const accounts = 100;

/** The numbers of new accounts of the adviser's households, as the custodian names them. */
async function makeAccounts({ asAdviser, page }: Firm, count: number): Promise<string[]> {
  const connection = new Connection(asAdviser);
  const { text } = await connection.send({ method: 'GET', path: '/api/v1/households?limit=50' });
  const { data } = JSON.parse(text) as { data: { id: string }[] };
  const households = data.filter(({ id }) => id !== page.id);
  const numbers = Array.from({ length: count }, (_, n) => `Z${24_000_000 + n}`);
  for (const [n, account_number] of numbers.entries())
    await connection.send({
      method: 'POST',
      path: '/api/v1/financial-accounts',
      body: { household_id: households[n % households.length]!.id, name: `Imported ${n}`, account_number },
    });
  await connection.close();
  return numbers;
}

/**
 * An export of Fidelity: purchases, sales, dividends and savings of all accounts, day by day, with pairs of equal rows.
 */
function fileOf(numbers: readonly string[], rows: number): string {
  const head =
    'Run Date,Account Number,Action,Symbol,Description,Price ($),Quantity,Commission ($),Fees ($),Amount ($),Settlement Date';
  const lines = Array.from({ length: rows }, (_, n) => {
    const at = Math.floor(n / numbers.length);
    const day = new Date(Date.UTC(2016, 0, 4 + Math.floor(at / 2))).toISOString();
    const date = `${day.slice(5, 7)}/${day.slice(8, 10)}/${day.slice(0, 4)}`;
    const [account, code] = [numbers[n % numbers.length], n % 97];
    const price = (20 + ((n * 7) % 900) / 10).toFixed(2);
    const trade = (action: string, sign: number) =>
      `${date},${account},${action},BEN${code},Security ${code},${price},${sign * 10},1.00,0,${(-sign * Number(price) * 10 - 1).toFixed(2)},${date}`;
    if (n % 10 === 9) return `${date},${account},Electronic Funds Transfer Received,,No Description,,0,,,1000.00,`;
    if (n % 10 === 8) return `${date},${account},DIVIDEND RECEIVED,BEN${code},Security ${code},,0,,,${price},`;
    return n % 10 === 7 ? trade('YOU SOLD', -1) : trade('YOU BOUGHT', 1);
  });
  return `${head}\n${lines.join('\n')}\n`;
}

interface Report {
  counts: Record<'imported' | 'duplicate' | 'waiting' | 'skipped' | 'refused', number>;
  samples: unknown[];
}

async function send({ url, headers }: Target, file: string): Promise<Report & { seconds: number }> {
  const form = new FormData();
  form.append('decisions', JSON.stringify({ create_securities: true }));
  form.append('file', new Blob([file], { type: 'text/csv' }), 'transactions.csv');
  const began = performance.now();
  const answer = await fetch(`${url}/api/v1/custodian-file-imports`, { method: 'POST', headers, body: form });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The file was answered ${answer.status}: ${text.slice(0, 500)}`);
  return { ...(JSON.parse(text) as Report), seconds: (performance.now() - began) / 1000 };
}

async function measure(bench: Bench) {
  const rows = bench.smoke ? rows_smoke : rows_in_earnest;
  const firm = await firmOf(bench);
  const file = fileOf(await makeAccounts(firm, bench.smoke ? 5 : accounts), rows);
  const quiet = await listP95For(bench, bench.smoke ? 100 : quiet_ms);
  const [meanwhile, { counts, samples, seconds }] = await listP95During(bench, send(firm.asAdviser, file));
  if (counts.imported !== rows)
    throw new Error(
      `Of ${rows} rows were ${JSON.stringify(counts)}, such as ${JSON.stringify(samples.slice(0, 2))}`.slice(0, 600),
    );
  const again = await send(firm.asAdviser, file);
  if (again.counts.duplicate !== rows) throw new Error(`Of the same file again were ${JSON.stringify(again.counts)}`);
  const what = `${rows.toLocaleString('en')} transactions of a custodian's file imported with checks`;
  return [
    limitFigure({ id: 'R22', what, unit: '/s', values: [rows / seconds], min: rate_min }),
    {
      id: 'R22.list',
      what: `${what}: others' list meanwhile, beside before, p95`,
      ...ratio(meanwhile, quiet, 'ms', list_ratio_max),
    },
  ];
}

/**
 * R22: a custodian's file taken into accounts that it knows by their sealed numbers; the same again changes nothing.
 */
export const r22: Case = { id: 'R22', sizes: 'largest', measure };
