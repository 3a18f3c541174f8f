import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overview } from '../../../../src/modules/sales/overview/contract.ts';
import { alone } from './pairs.ts';

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
