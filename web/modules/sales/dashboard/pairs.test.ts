import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overview } from '../../../../src/modules/sales/overview/contract.ts';
import { alone, halves } from './pairs.ts';

const tiles = (...sizes: [width: number, height: number][]) => sizes.map(([width, height]) => ({ width, height }));
const places = (found: boolean[]) => found.flatMap((is, place) => (is ? [place] : []));

test('a narrow tile has another one of its height beside it, or both halves to itself', () => {
  assert.deepEqual(alone([]), []);
  assert.deepEqual(places(alone(tiles([1, 1], [1, 1], [1, 1]))), [2]);
  assert.deepEqual(places(alone(tiles([1, 1], [2, 2], [1, 2], [1, 1], [1, 1]))), [0, 2]);
});

test('in the overview those are the charts that stand beside a wide one where there is more room', () => {
  assert.deepEqual(
    places(alone(overview)).map((place) => overview[place]!.id),
    ['conversion-stage', 'activities-owner'],
  );
});

test('on a phone two figures beside each other share a row, and everything else has one of its own', () => {
  const charts = (...names: string[]) => halves(names.map((chart) => ({ chart })));
  assert.deepEqual(
    places(charts('number', 'number', 'number', 'bar', 'number', 'bar', 'number', 'number')),
    [0, 1, 6, 7],
  );
});
