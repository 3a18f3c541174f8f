import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importTargets as targets } from '../../modules/index.ts';
import { type CellMeaning, cellReader } from './convert.ts';
import { isCountry } from './country.ts';
import { germanNumbers, plainNumbers } from './number.ts';
import type { Refusal } from './refusal.ts';
import type { TargetField, TargetType } from './target.ts';

const field = (type: TargetType, values?: string[]): TargetField => ({
  name: 'x',
  type,
  label: 'X',
  synonyms: [],
  ...(values ? { values } : {}),
});
const meaning = (type: CellMeaning['type'], more: Partial<CellMeaning> = {}): CellMeaning => ({
  type,
  null_markers: [],
  currency: 'USD',
  ...more,
});
const codeOf = (result: unknown) => (result as { code?: string } | null)?.code;

test('cells become what the database reads', () => {
  const cases: [field: TargetField, meaning: CellMeaning, cell: string, value: string | null][] = [
    [field('text'), meaning({ kind: 'text' }), '  Ann ', 'Ann'],
    [field('text'), meaning({ kind: 'text' }, { null_markers: ['N/A'] }), 'N/A', null],
    [field('text'), meaning({ kind: 'text' }), '  ', null],
    [field('integer'), meaning({ kind: 'integer', format: germanNumbers }), '1.234', '1234'],
    [
      field('money'),
      meaning({ kind: 'money', format: germanNumbers, currency: 'EUR' }, { currency: 'EUR' }),
      '1.234,5 €',
      '1234.50',
    ],
    [field('money'), meaning({ kind: 'integer', format: germanNumbers }, { multiplier: '1000' }), '12', '12000.00'],
    [field('date'), meaning({ kind: 'date', format: 'M/D/YYYY' }), '10/25/2016 13:05', '2016-10-25'],
    [field('date'), meaning({ kind: 'integer', format: germanNumbers }), '45292', '2024-01-01'],
    [field('date'), meaning({ kind: 'date', format: 'D.M.YY' }), '24.12.45', '2045-12-24'],
    [field('date'), meaning({ kind: 'date', format: 'D.M.YY' }), '24.12.2026', '2026-12-24'],
    [field('date'), meaning({ kind: 'date', format: 'D.M.YYYY' }), '24.12.26', '2026-12-24'],
    [field('date'), meaning({ kind: 'date', format: 'D.M.YYYY' }), '2026-12-24 00:00:00', '2026-12-24'],
    [field('date'), meaning({ kind: 'date', format: 'M/D/YYYY' }), '24. Dezember 2026', '2026-12-24'],
    [field('birthday'), meaning({ kind: 'date', format: 'D.M.YYYY' }), '24.12.45', '1945-12-24'],
    [field('birthday'), meaning({ kind: 'date', format: 'D.M.YY' }), '24.12.45', '1945-12-24'],
    [field('birthday'), meaning({ kind: 'date', format: 'D MMM YYYY' }), '24 Dec 45', '1945-12-24'],
    [field('birthday'), meaning({ kind: 'date', format: 'D.M.YY' }), '1.3.05', '2005-03-01'],
    [field('boolean'), meaning({ kind: 'boolean' }), 'Ja', 'true'],
    [field('duration'), meaning({ kind: 'text' }), '1:30', 'PT1H30M'],
    [field('duration'), meaning({ kind: 'text' }), '100:00:05', 'PT100H5S'],
    [field('duration'), meaning({ kind: 'text' }), 'pt90m', 'PT1H30M'],
    [field('email'), meaning({ kind: 'email' }), 'Ann Lee <ann@lee.com>', 'ann@lee.com'],
    [field('email'), meaning({ kind: 'email' }), 'mailto:ann@lee.com', 'ann@lee.com'],
    [field('url'), meaning({ kind: 'url' }), 'example.com', 'https://example.com'],
    [field('url'), meaning({ kind: 'url' }), 'http://example.com/x', 'http://example.com/x'],
    [field('decimal'), meaning({ kind: 'decimal', format: plainNumbers }), '1.2340', '1.234'],
    [field('decimal'), meaning({ kind: 'decimal', format: plainNumbers }), '1.2345', '1.2345'],
    [field('decimal'), meaning({ kind: 'decimal', format: germanNumbers }), '12,5 %', '12.5'],
    [field('integer'), meaning({ kind: 'integer', format: germanNumbers }), '50%', '50'],
    [field('numbers'), meaning({ kind: 'text' }), '12.1250 %; 1.50', '12.125;1.50'],
    [field('currency'), meaning({ kind: 'text' }), 'eur', 'EUR'],
    [field('currency'), meaning({ kind: 'text' }), '€', 'EUR'],
    [field('currency'), meaning({ kind: 'text' }), '$', 'USD'],
    [field('currency'), meaning({ kind: 'text' }, { currency: 'CAD' }), '$', 'CAD'],
    [field('text'), meaning({ kind: 'text' }), ' Zoë Müller'.normalize('NFD'), 'Zoë Müller'],
    [field('select', ['in_progress', 'done']), meaning({ kind: 'text' }), 'In Progress', 'in_progress'],
  ];
  for (const [target, how, cell, value] of cases)
    assert.equal(cellReader(target, how)(cell), value, `${target.type} ${cell}`);
});

test('of several addresses in a cell one is kept, and the others are said', () => {
  const read = cellReader(field('email'), meaning({ kind: 'email' }));
  for (const cell of ['a@x.com, b@x.com; c@x.com', 'a@x.com b@x.com\nc@x.com']) {
    const { code, part } = read(cell) as Refusal;
    assert.deepEqual([code, part], ['several_emails', { value: 'a@x.com', left_out: 'b@x.com; c@x.com' }]);
  }
  assert.equal(codeOf(read('a@x.com, Ann')), 'not_an_email');
});

test('of a telephone number with words beside it the number is kept', () => {
  const read = cellReader(field('phone'), meaning({ kind: 'text' }));
  const kept = (cell: string) => (read(cell) as Refusal).part?.value ?? read(cell);
  assert.equal(kept('0170 123456 (privat)'), '0170 123456');
  assert.equal(kept('Tel. +49 (0) 30 / 123-45'), '+49 (0) 30 / 123-45');
  assert.equal(kept('tel:+4930123456'), '+4930123456');
  for (const cell of ['+49 30 123456 x12', 'ask Ann', '030 123456 or 0170 123456']) assert.equal(kept(cell), cell);
  const began = performance.now();
  kept(`12345${' '.repeat(50_000)}6${' '.repeat(50_000)}ab`);
  assert.ok(performance.now() - began < 1_000);
});

test('a cell of any form is refused in no time', () => {
  const began = performance.now();
  for (const type of ['money', 'numbers', 'decimal', 'integer'] as const)
    for (const start of ['-', '1', 'a']) {
      const read = cellReader(field(type), meaning({ kind: 'decimal', format: plainNumbers }));
      assert.ok(codeOf(read(`${start}${' '.repeat(50_000)}x`)), `${type} ${start}`);
    }
  const ms = performance.now() - began;
  assert.ok(ms < 1_000, `${Math.round(ms)} ms`);
});

test('a choice is found by other words for it', () => {
  const consent = targets.flatMap((target) => target.fields).find((candidate) => candidate.name === 'consent_email')!;
  const read = cellReader(consent, meaning({ kind: 'boolean' }));
  assert.deepEqual(['Yes', 'nein', 'Granted', ''].map(read), ['granted', 'denied', 'granted', null]);
});

test('of choices that differ in a sign alone each is itself, and what could be two of them is none', () => {
  const values = ['A+', 'A', 'A-', 'A.'];
  const read = cellReader(field('select', values), meaning({ kind: 'text' }));
  assert.deepEqual(values.map(read), values);
  assert.deepEqual(
    ['a+', 'a-', 'a'].map((cell) => read(cell)).map((value) => codeOf(value) ?? value),
    ['A+', 'A-', 'not_a_choice'],
  );
});

test('cells that cannot be that say why', () => {
  const cases: [TargetField, cell: string, code: string][] = [
    [field('integer'), 'many', 'not_a_number'],
    [field('money'), '1e400', 'not_an_amount'],
    [field('date'), '2024-02-30', 'no_such_day'],
    [field('boolean'), 'perhaps', 'not_yes_or_no'],
    [field('duration'), '1:60', 'not_a_duration'],
    [field('duration'), 'P1M', 'not_a_duration'],
    [field('email'), 'ann at lee', 'not_an_email'],
    [field('url'), 'javascript:alert(1)', 'not_a_url'],
    [field('currency'), 'dollars', 'unknown_currency'],
    [field('currency'), '¥', 'unknown_currency'],
    [field('select', ['a']), 'b', 'not_a_choice'],
  ];
  for (const [target, cell, code] of cases)
    assert.equal(codeOf(cellReader(target, meaning({ kind: 'text' }))(cell)), code);
});

test('countries by name in several languages', () => {
  const words = ['Germany', 'Deutschland', 'united states', 'USA', 'Korea', 'Philipines', 'DE', 'European Union'];
  assert.deepEqual(words.map(isCountry), [true, true, true, true, true, false, false, false]);
});
