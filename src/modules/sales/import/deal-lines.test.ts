import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp } from '../../../../test/harness/app.ts';
import { follow, importNow } from '../../../../test/harness/import.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

const head = 'Deal ID,Deal Name,Amount,Currency,Product,Product quantity,Product price,Product discount in percent';

async function workspace(): Promise<Client> {
  const { api } = await (await app.tenant()).as('admin');
  await api('POST', '/api/v1/pipelines', { name: 'Sales' });
  for (const name of ['Chair', 'Desk'])
    await api('POST', '/api/v1/products', { name, unit_price: '90.00', currency: 'EUR' });
  return api;
}

const load = (api: Client, rows: string[], options: object = {}) =>
  importNow(api, [['deals.csv', [head, ...rows].join('\n')]], () => ({
    options: { bad_cells: 'leave_out_row', missing_relations: 'leave_empty', ...options },
  }));

interface Line {
  product: { name: string };
  quantity: string;
  unit_price: string;
  discount_percent: string;
}

const sold = async (api: Client): Promise<string[]> => {
  const { data } = (await api('GET', '/api/v1/deals?sort=external_id')).body;
  const shown = ({ product, quantity, unit_price, discount_percent }: Line) =>
    `${quantity} ${product.name} ${unit_price} -${discount_percent}%`;
  return data.map(({ lines }: { lines: Line[] }) => lines.map(shown).join(', '));
};

test('a file says of each product how many, for how much and with what discount; what it says later counts, and can be taken back', async () => {
  const api = await workspace();
  await load(api, [
    '1,One,500,EUR,Chair; Desk,2; 1.5,80; 100.5,0; 12.5',
    '2,Two,500,EUR,Chair,3,,10%',
    '3,Three,500,EUR,Desk; Desk,1; 2,,',
    '4,Four,500,EUR,Chair; Stool; Desk,1; 2; 3,,',
  ]);
  const before = [
    '2 Chair 80.00 -0%, 1.5 Desk 100.50 -12.5%',
    '3 Chair 90.00 -10%',
    '1 Desk 90.00 -0%, 2 Desk 90.00 -0%',
    '1 Chair 90.00 -0%, 3 Desk 90.00 -0%',
  ];
  assert.deepEqual(await sold(api), before);
  const again = await load(api, [
    '1,One,,,Desk; Chair,4; 5,,',
    '3,Three,,,Desk; Desk; Chair,7; 8; 9,,0; 5; 0',
    '4,Four,,,Chair,,70,',
  ]);
  assert.deepEqual(again.problem_samples, []);
  assert.deepEqual(await sold(api), [
    '5 Chair 80.00 -0%, 4 Desk 100.50 -12.5%',
    '3 Chair 90.00 -10%',
    '7 Desk 90.00 -0%, 8 Desk 90.00 -5%, 9 Chair 90.00 -0%',
    '1 Chair 70.00 -0%, 3 Desk 90.00 -0%',
  ]);
  assert.equal((await follow(api, again.id, 'reversal')).state, 'reverted');
  assert.deepEqual(await sold(api), before);
});

test('a single product without a price costs what comes to the amount, its list price where none does, or what comes nearest', async () => {
  const api = await workspace();
  await api('POST', '/api/v1/products', { name: 'Stool', currency: 'EUR' });
  await load(api, [
    '1,One,540,EUR,Chair,,,',
    '2,Two,540,EUR,Chair,3,,10%',
    '3,Three,0.03,EUR,Chair,1.5,,',
    '4,Four,100,EUR,Chair,3,,',
    '5,Five,100,EUR,Stool,3,,',
    '6,Six,100,EUR,Chair,3,,100%',
    '7,Seven,999999999999999,EUR,Chair,0.000001,,',
  ]);
  assert.deepEqual(await sold(api), [
    '1 Chair 540.00 -0%',
    '3 Chair 200.00 -10%',
    '1.5 Chair 0.02 -0%',
    '3 Chair 90.00 -0%',
    '3 Stool 33.33 -0%',
    '3 Chair 90.00 -100%',
    '0.000001 Chair 90.00 -0%',
  ]);
});

test('a price needs neither an amount nor a currency beside it', async () => {
  const api = await workspace();
  await api('POST', '/api/v1/products', { name: 'Stool', currency: 'USD' });
  const rows = ['Deal ID,Deal Name,Product,Product price', '1,One,Stool,12.50', '2,Two,Stool,12.505'];
  const done = await importNow(api, [['deals.csv', rows.join('\n')]], () => ({ options: { bad_cells: 'note' } }));
  assert.deepEqual(
    done.problem_samples.map(({ row, code }) => [row, code]),
    [[3, 'too_many_decimals']],
  );
  assert.deepEqual(await sold(api), ['1 Stool 12.50 -0%', '1 Stool 0.00 -0%']);
});

const with_misfits = [
  '1,One,,,Chair,,10.005,',
  '2,Two,500,EUR,Chair; Desk,1; 2; 3,,',
  '3,Three,500,EUR,Chair,0,,',
  '4,Four,500,EUR,Chair; Desk,2; 3,,100.5; 10',
  '5,Five,500,EUR,Chair,many,,',
  '6,Six,500,JPY,Chair,1,10.5,',
  '7,Seven,500,EUR,,1,,',
];

const told = async (api: Client, options: object) => {
  const { problem_samples } = await load(api, with_misfits, options);
  return problem_samples
    .map(({ row, code, severity }) => [row, code, severity] as const)
    .sort(([a], [b]) => Number(a) - Number(b));
};

test('what is said of a product and does not fit is left out, said and kept, also of a known deal in its own currency; no deal is refused for it', async () => {
  const api = await workspace();
  await load(api, ['1,One,500,EUR,Chair,,,']);
  assert.deepEqual(await told(api, { bad_cells: 'note' }), [
    [2, 'too_many_decimals', 'warning'],
    [3, 'not_one_each', 'warning'],
    [4, 'custom', 'warning'],
    [5, 'invalid_format', 'warning'],
    [6, 'not_a_number', 'warning'],
    [7, 'too_many_decimals', 'warning'],
    [8, 'no_product', 'warning'],
  ]);
  assert.deepEqual(await sold(api), [
    '1 Chair 500.00 -0%',
    '1 Chair 90.00 -0%, 1 Desk 90.00 -0%',
    '1 Chair 500.00 -0%',
    '2 Chair 90.00 -0%, 3 Desk 90.00 -10%',
    '1 Chair 500.00 -0%',
    '1 Chair 500 -0%',
    '',
  ]);
  const notes = (await api('GET', '/api/v1/notes?limit=200')).body.data
    .map(({ body }: { body: string }) => body)
    .sort();
  assert.deepEqual(notes, [
    '<p><strong>Product discount in percent</strong>: 100.5</p>',
    '<p><strong>Product price</strong>: 10.005</p>',
    '<p><strong>Product price</strong>: 10.5</p>',
    '<p><strong>Product quantity</strong>: 0</p>',
    '<p><strong>Product quantity</strong>: 1; 2; 3</p>',
    '<p><strong>Product quantity</strong>: many</p>',
  ]);
});

test('where somebody wants that, what is said of a product and does not fit leaves its row out', async () => {
  const api = await workspace();
  await load(api, ['1,One,500,EUR,Chair,,,']);
  const severities = (await told(api, {})).map(([row, , severity]) => `${row} ${severity}`);
  assert.deepEqual(severities, [...[2, 3, 4, 5, 6, 7].map((row) => `${row} error`), '8 warning']);
  assert.deepEqual(await sold(api), ['1 Chair 500.00 -0%', '']);
});
