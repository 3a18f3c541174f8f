import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/cluster.ts';
import { currencyDigits, decimalAmount, minorUnits } from './money.ts';

let database: TestDatabase;
before(async () => {
  database = await createTestDatabase();
});
after(() => database.drop());

const currency = fc.constantFrom(...Intl.supportedValuesOf('currency'));

test('an amount comes back as it went in, to the last minor unit', () => {
  fc.assert(
    fc.property(currency, fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), (code, minor) => {
      assert.equal(minorUnits(decimalAmount(minor, code), code, 'amount'), minor);
    }),
  );
  assert.equal(minorUnits('-0.05', 'USD', 'amount'), -5n);
  assert.equal(minorUnits('1054', 'JPY', 'amount'), 1054n);
  assert.equal(minorUnits('1.5', 'KWD', 'amount'), 1500n);
  assert.equal(decimalAmount('-5', 'USD'), '-0.05');
});

test('more decimals than the currency has are refused unless they are zeros', () => {
  assert.equal(minorUnits('1.500', 'USD', 'amount'), 150n);
  for (const [amount, code] of [
    ['1.501', 'USD'],
    ['0.5', 'JPY'],
    ['1', 'XXQ'],
  ] as const)
    assert.throws(() => minorUnits(amount, code, 'amount'), { status: 422 });
});

test('the database counts minor units as the program does', async () => {
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  const codes = Intl.supportedValuesOf('currency');
  const { rows } = await client.query(
    'select code, app.currency_factor(code) as factor from unnest($1::text[]) as code',
    [codes],
  );
  await client.end();
  const expected = codes.map((code) => ({ code, factor: 10 ** currencyDigits(code) }));
  assert.deepEqual(rows, expected);
});
