import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newsFor } from './dispatch.ts';
import { FigureHistory, limitsOf, observe } from './evaluate.ts';
import type { ToldAlert } from './queries.ts';
import { ruleByName } from './rules.ts';
import { type OpenAlert, type Step, stepOf } from './state.ts';

const limits = { enabled: true, threshold: 0, for_seconds: 0, keep_seconds: 300 };
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

/** The steps of looks every second, each at what `holds` says of that second. */
function steps(seconds: number, holds: (second: number) => boolean, given = limits): Step['is'][] {
  const taken: Step['is'][] = [];
  let alert: OpenAlert | undefined;
  for (let second = 0; second < seconds; second++) {
    const now = at(second);
    const step = stepOf(alert, holds(second), given, now);
    if (!step) continue;
    if (step.is !== 'hold') taken.push(step.is);
    if (step.is === 'begin')
      alert = {
        id: 'a',
        rule: 'r',
        labels: {},
        state: step.state,
        value: 1,
        started_at: now,
        cleared_at: null,
        seen_at: now,
      };
    else if (step.is === 'forget' || step.is === 'resolve') alert = undefined;
    else
      alert = {
        ...alert!,
        state: step.is === 'fire' ? 'firing' : alert!.state,
        cleared_at: step.is === 'clear' ? now : holds(second) ? null : alert!.cleared_at,
        seen_at: now,
      };
  }
  return taken;
}

test('what flaps every second for an hour is one alert, which ends once', () => {
  const taken = steps(3600 + 400, (second) => second < 3600 && second % 2 === 0);
  assert.deepEqual([...new Set(taken)].sort(), ['begin', 'clear', 'resolve']);
  assert.equal(taken.filter((step) => step === 'begin').length, 1);
  assert.equal(taken.filter((step) => step === 'resolve').length, 1);
});

test('what does not hold for long enough is never told; what does, from then on', () => {
  const patient = { ...limits, for_seconds: 60 };
  assert.deepEqual(
    steps(59, () => true, patient),
    ['begin'],
  );
  assert.deepEqual(
    steps(100, (second) => second < 59, patient),
    ['begin', 'forget'],
  );
  assert.deepEqual(
    steps(500, (second) => second < 100, patient),
    ['begin', 'fire', 'clear', 'resolve'],
  );
});

const alert = (id: string, fired: number, more: Partial<ToldAlert> = {}): ToldAlert => ({
  id,
  rule: 'r',
  labels: {},
  severity: 'page',
  state: 'firing',
  value: 1,
  fired_at: at(fired).toISOString(),
  resolved_at: null,
  acknowledged_at: null,
  silenced: false,
  ...more,
});
const ids = (alerts: readonly ToldAlert[]) => alerts.map(({ id }) => id);
const news = (receiver: object, alerts: ToldAlert[], second: number, told: Parameters<typeof newsFor>[2] = []) =>
  newsFor({ id: 'x', severity: 'ticket', after_minutes: 0, ...receiver }, alerts, told, {
    now: at(second),
    groupSeconds: 20,
  });

test('what fires together waits to be one message; who is told when', () => {
  const both = [alert('a', 0), alert('b', 15)];
  assert.deepEqual(ids(news({}, both, 19).firing), []);
  assert.deepEqual(ids(news({}, both, 20).firing), ['a', 'b']);
  const ticket = alert('t', 0, { severity: 'ticket' });
  assert.deepEqual(ids(news({ severity: 'page' }, [ticket, ...both], 60).firing), ['a', 'b']);
  assert.deepEqual(ids(news({}, [alert('s', 0, { silenced: true })], 60).firing), []);
  const second = { after_minutes: 15 };
  assert.deepEqual(ids(news(second, both, 899).firing), []);
  assert.deepEqual(ids(news(second, both, 940).firing), ['a', 'b']);
  assert.deepEqual(ids(news(second, [alert('k', 0, { acknowledged_at: at(60).toISOString() })], 940).firing), []);
  const over = alert('a', 0, { state: 'resolved', resolved_at: at(600).toISOString() });
  const told = [{ receiver_id: 'x', alert_id: 'a', kind: 'firing' as const }];
  assert.deepEqual(ids(news({}, [over], 601, told).resolved), ['a']);
  assert.deepEqual(ids(news({}, [over], 601).resolved), [], 'nobody hears the end of what they never heard of');
  assert.deepEqual(ids(news({}, [over], 601, [...told, { ...told[0]!, kind: 'resolved' as never }]).resolved), []);
});

test('figures that are missing say nothing, and no division by nothing is an alert', () => {
  const history = new FigureHistory();
  const none = { samples: () => [] } as never;
  for (const rule of ruleByName.values()) {
    const found = observe(rule, limitsOf(rule, undefined), history.figures(none, 'here', 0));
    assert.ok(!found.some(({ holds }) => holds), rule.name);
  }
});

test('a counter is compared with what it was when its window began', () => {
  const rule = ruleByName.get('HoldfastSignInsFail')!;
  const history = new FigureHistory();
  let counted = 1_000;
  const labels = { route: '/api/v1/sign-in', method: 'POST', status: '4xx' };
  const registry = { samples: () => [[labels, counted]] } as never;
  const value = (seconds: number) =>
    observe(rule, limitsOf(rule, undefined), history.figures(registry, 'here', seconds))[0]?.value;
  assert.equal(value(0), undefined);
  counted += 150;
  assert.equal(Math.round(value(300)!), 150);
  assert.equal(Math.round(value(600)!), 150);
  assert.equal(Math.round(value(900)!), 0);
});
