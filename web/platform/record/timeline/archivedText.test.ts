import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFormat } from '../../../ui/format.ts';
import { archivedTexts } from './archivedText.ts';

test('a timeline says of each part of its past where that is', () => {
  setFormat({ locale: 'en', time_zone: 'UTC' });
  const nowhere = { archived_before: null, deleted_before: null, elsewhere_before: null };
  assert.deepEqual(archivedTexts(nowhere), []);
  const all = {
    archived_before: '2024-06-01T00:00:00.000Z',
    deleted_before: '2019-03-01T00:00:00.000Z',
    elsewhere_before: '2022-01-01T00:00:00.000Z',
  };
  assert.deepEqual(archivedTexts(all), [
    'Changes before June 2024 are in the archive.',
    'Changes before January 2022 are in the workspace that this one was created from.',
    'Changes before March 2019 were deleted after their time.',
  ]);
});
