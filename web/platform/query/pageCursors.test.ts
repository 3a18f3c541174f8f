import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InfiniteQueryObserver, QueryClient } from '@tanstack/react-query';
import fc from 'fast-check';
import { cursorBefore, cursorFor, isFirst, mergePages, type PageCursor, start } from './pageCursors.ts';

const rows = 1000;
const page = 50;
const kept_max = 4;

/** A list whose cursor is the number of the row it goes on from. */
const placeAt = (before: number): PageCursor =>
  before === 0 ? start : { cursor: String(before), before, behind: `row ${before - 1}` };
const after = ({ before }: PageCursor): PageCursor | null => (before + page < rows ? placeAt(before + page) : null);

test('wherever one goes, each row is found from a place on the way, and the places around it are known', () => {
  const steps = fc.array(fc.oneof(fc.constant('on'), fc.constant('back'), fc.nat(rows)), { maxLength: 80 });
  fc.assert(
    fc.property(steps, (taken) => {
      let way: readonly PageCursor[] = [start];
      let hand: PageCursor[] = [start];
      const look = () => {
        way = mergePages(way, { places: hand, next: after(hand.at(-1) as PageCursor) });
      };
      look();
      for (const step of taken) {
        const next = after(hand.at(-1) as PageCursor);
        const before = cursorBefore(way, hand[0] as PageCursor);
        if (step === 'on' && next) hand = [...hand, next].slice(-kept_max);
        else if (step === 'back' && before) hand = [before, ...hand].slice(0, kept_max);
        else if (typeof step === 'number') hand = [cursorFor(way, step)];
        look();
        assert.deepEqual(
          way.map(({ before }) => before),
          way.map((_, index) => index * page),
          'in order, without gaps',
        );
        for (const { cursor, before } of way) assert.equal(cursor, before === 0 ? '' : String(before));
      }
    }),
  );
});

test('what ends elsewhere than it did makes what lies behind it unknown, and the end of the list ends the way', () => {
  const way = [start, placeAt(50), placeAt(100), placeAt(150)];
  assert.deepEqual(mergePages(way, { places: [start], next: placeAt(50) }), way);
  const moved = { cursor: 'x', before: 49, behind: 'row 49' };
  assert.deepEqual(mergePages(way, { places: [start], next: moved }), [start, moved]);
  assert.deepEqual(mergePages(way, { places: [placeAt(50)], next: null }), [start, placeAt(50)]);
});

test('each time the pages at hand are read again the rows are counted once, far down the list too', async () => {
  const client = new QueryClient();
  const read: [cursor: string, counted: boolean][] = [];
  const observer = new InfiniteQueryObserver(client, {
    queryKey: ['list'],
    initialPageParam: start,
    maxPages: kept_max,
    queryFn: async ({ pageParam }) => {
      const atHand = client.getQueryData<{ pageParams: PageCursor[] }>(['list'])?.pageParams ?? [];
      read.push([pageParam.cursor, isFirst(pageParam, atHand)]);
      return null;
    },
    getNextPageParam: (_, __, place) => after(place),
  });
  await observer.refetch();
  client.setQueryData(['list'], { pages: [null, null], pageParams: [placeAt(500), placeAt(550)] });
  await observer.refetch();
  await observer.fetchNextPage();
  assert.deepEqual(read, [
    ['', true],
    ['500', true],
    ['550', false],
    ['600', false],
  ]);
});
