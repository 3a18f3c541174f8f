import assert from 'node:assert/strict';
import { type Client, eventually } from './app.ts';

export interface ListedAlert {
  id: string;
  rule: string;
  labels: Record<string, string>;
  detail: string;
  messages: number;
  acknowledged_by: string | null;
}

export const installation = '/api/v1/installation';
const alert_ms_max = 15_000;

/** What an operator does with alerts, and how long they are waited for. */
export function alertsFor(operator: Client, ms = alert_ms_max) {
  const done = async (method: string, path: string, body: object, status: number) => {
    const answer = await operator(method, `${installation}/${path}`, body);
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    return answer.body;
  };
  const listed = async (): Promise<{ firing: ListedAlert[]; resolved: ListedAlert[] }> =>
    (await operator('GET', `${installation}/alerts`)).body;
  const over = (rule: string) =>
    eventually(async () => !(await listed()).firing.some((each) => each.rule === rule), ms);
  return {
    done,
    listed,
    over,
    /** A rule as an operator sets it, so that nobody has to wait. */
    set: async (rule: string, limits: { threshold?: number; enabled?: boolean } = {}) => {
      const { body } = await operator('GET', `${installation}/alert-rules`);
      const { enabled, threshold } = body.data.find(({ name }: { name: string }) => name === rule);
      const now = { enabled, threshold, for_seconds: 0, keep_seconds: 0, reason: 'For a test', ...limits };
      await done('PUT', `alert-rules/${rule}`, now, 204);
    },
    fires: (rule: string) => eventually(async () => (await listed()).firing.find((each) => each.rule === rule), ms),
    /** Resolves when it is over; it was one alert, and not one after the other. */
    ends: async (rule: string) => {
      await over(rule);
      const of = (await listed()).resolved
        .filter((each) => each.rule === rule)
        .map(({ labels }) => JSON.stringify(labels));
      assert.ok(of.length > 0, `${rule} is among those that are over`);
      assert.equal(new Set(of).size, of.length, `${rule}: one alert of each thing`);
    },
  };
}
