import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogLine } from '../../../../src/operations/logs/contract.ts';
import { added, emptyTail, poll_lines, tail_lines_max } from './tail.ts';

const line = (n: number, more: Partial<LogLine> = {}): LogLine =>
  ({
    id: `id ${n}`,
    at: new Date(Date.UTC(2026, 10, 24) + 2 * n).toISOString(),
    route: 'GET /api/v1/contacts',
    ...more,
  }) as LogLine;
const lines = (from: number, count: number) => Array.from({ length: count }, (_, i) => line(from + i)).reverse();

test('a tail keeps the newest lines in their order, each once, and counts those that made room', () => {
  let tail = added(emptyTail, lines(0, 100), true);
  // Looks overlap, and a line of another process comes late.
  tail = added(tail, [line(99.5), ...lines(90, 30)], false);
  assert.equal(tail.lines.length, 121);
  assert.deepEqual(
    [...tail.lines].sort((a, b) => (a.at < b.at ? 1 : -1)),
    tail.lines,
  );
  for (let from = 120; from < 720; from += 100) tail = added(tail, lines(from, 100), false);
  assert.equal(tail.lines.length, tail_lines_max);
  assert.equal(tail.dropped, 721 - tail_lines_max);
  assert.equal(tail.lines[0]!.id, 'id 719');
  assert.equal(tail.skipped, false);
});

test('a tail leaves out the requests of its own page, and says when more came than one look reads', () => {
  const own = [
    line(1, { route: 'GET /api/v1/installation/log-lines' }),
    line(2, { route: 'GET /api/v1/log-lines/histogram' }),
  ];
  assert.deepEqual(added(emptyTail, own, true), emptyTail);
  // The first look begins somewhere; a later one that knows none of its lines has missed some.
  assert.equal(added(emptyTail, lines(0, poll_lines), true).skipped, false);
  const tail = added(added(emptyTail, lines(0, 10), true), lines(500, poll_lines), false);
  assert.equal(tail.skipped, true);
  assert.equal(added(tail, [], false).skipped, true);
});
