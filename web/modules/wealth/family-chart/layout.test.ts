import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChartLink, circlesOf, layoutFamily, node_width } from './layout.ts';

const person = (id: string) => ({ id, kind: 'person' as const });
const entity = (id: string) => ({ id, kind: 'entity' as const });
const link = (kind: string, from: string, to: string, over = false): ChartLink => ({ kind, from, to, over });

test('who married twice stands between both, each child below its own marriage, entities below all people', () => {
  const nodes = ['first', 'twice', 'second', 'elder', 'younger', 'grandmother', 'single'].map(person);
  const links = [
    link('spouse', 'twice', 'first', true),
    link('spouse', 'second', 'twice'),
    link('parent', 'first', 'elder'),
    link('parent', 'twice', 'elder'),
    link('parent', 'twice', 'younger'),
    link('parent', 'second', 'younger'),
    link('parent', 'grandmother', 'second'),
    link('owner', 'elder', 'trust'),
    link('owner', 'trust', 'company'),
  ];
  const chart = layoutFamily([entity('trust'), entity('company'), ...nodes], links);
  const at = (id: string) => chart.nodes.get(id)!;
  assert.ok(at('first').x < at('twice').x === at('twice').x < at('second').x);
  assert.equal(new Set(['first', 'twice', 'second'].map((id) => at(id).y)).size, 1);
  assert.ok(at('grandmother').y < at('second').y && at('elder').y > at('twice').y);
  assert.ok(at('trust').y > at('elder').y && at('company').y > at('trust').y);
  const [ended, now] = chart.marriages;
  assert.deepEqual([ended!.over, now!.over], [true, false]);
  assert.notEqual(ended!.y, now!.y, 'two marriages of one person are two points');
  const from = (child: string) => chart.descents.filter(({ to }) => to === child).map(({ from: one }) => one);
  assert.deepEqual([from('elder'), from('younger'), from('second')], [[ended], [now], ['grandmother']]);
  const boxes = [...chart.nodes.values()];
  for (const [index, one] of boxes.entries())
    for (const other of boxes.slice(index + 1))
      assert.ok(one.y !== other.y || Math.abs(one.x - other.x) >= node_width, 'nodes do not cover each other');
  assert.equal(chart.nodes.size, 9);
  assert.ok(boxes.every(({ x }) => x >= 0 && x + node_width <= chart.width));
});

test('a line to an entity passes the nodes of the rows between beside them', () => {
  const nodes = ['parent', 'child'].map(person);
  const stake = link('trustee', 'parent', 'trust');
  const chart = layoutFamily([...nodes, entity('trust')], [link('parent', 'parent', 'child'), stake]);
  const [x, child] = [chart.detours.get(stake)!, chart.nodes.get('child')!];
  assert.ok(x < child.x || x > child.x + node_width);
  assert.ok(x >= 0 && x <= chart.width);
  const own = link('trustee', 'child', 'trust');
  assert.equal(layoutFamily([...nodes, entity('trust')], [own]).detours.size, 0, 'nothing is between');
});

test('entities that own each other in a circle are drawn and named', () => {
  const links = [
    link('owner', 'a', 'b'),
    link('owner', 'b', 'c'),
    link('owner', 'c', 'a'),
    link('owner', 'p', 'a'),
    link('trustee', 'a', 'a'),
  ];
  assert.deepEqual(circlesOf(links), [['a', 'b', 'c']]);
  assert.deepEqual(circlesOf(links.filter(({ to }) => to !== 'a')), []);
  assert.equal(layoutFamily([entity('a'), entity('b'), entity('c'), person('p')], links).nodes.size, 4);
});
