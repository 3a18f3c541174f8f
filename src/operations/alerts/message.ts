import { renderMail } from '../../kernel/mail/template.ts';
import { mailWords } from '../../kernel/mail/words.ts';
import type { Message, ToldAlert } from './queries.ts';
import { wordsOf } from './wording.ts';

/** A message and what it is about, with the addresses that belong in it. */
export interface Telling {
  message: Message;
  alerts: readonly ToldAlert[];
  receiver: string;
  /** Of the page with the alerts. */
  page: string;
}

const states = { firing: 'FIRING', resolved: 'RESOLVED', test: 'TEST' } as const;
const test_words = 'This is a test: alerts of Holdfast reach this address.';

/** The worst first, and how many others. */
export function subjectOf({ message, alerts }: Telling): string {
  const [first] = alerts;
  const what = message.kind === 'test' || !first ? 'alerts reach this address' : wordsOf(first).message;
  const others = alerts.length > 1 ? ` and ${alerts.length - 1} more` : '';
  return `[Holdfast ${states[message.kind]}] ${what}${others}`;
}

const since = (at: string) => `since ${at.slice(0, 16).replace('T', ' ')} UTC`;

function lineOf(alert: ToldAlert): string {
  const { detail, advice } = wordsOf(alert);
  if (alert.state === 'resolved' && alert.resolved_at)
    return `Resolved at ${alert.resolved_at.slice(11, 16)} UTC, ${since(alert.fired_at)}. It was: ${detail}`;
  return `${detail} ${advice} (${since(alert.fired_at)})`;
}

export function asMail(telling: Telling): { subject: string; text: string; html: string } {
  const { message, alerts, page } = telling;
  const subject = subjectOf(telling);
  const content = {
    title: subject.replace(/^\[.*?\] /, '').replace(/^./, (letter) => letter.toUpperCase()),
    lines: message.kind === 'test' ? [test_words] : [],
    items: alerts.map((alert) => ({ text: wordsOf(alert).message, quote: lineOf(alert), url: page })),
    action: { label: 'Open the alerts', url: page },
  };
  return { subject, ...renderMail(content, mailWords('en')) };
}

const slackEscapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const slackText = (text: string) => text.replace(/[&<>]/g, (character) => slackEscapes[character]!);

export function asSlack(telling: Telling): object {
  const { message, alerts, page } = telling;
  const sign = message.kind === 'firing' ? ':rotating_light:' : ':white_check_mark:';
  const lines = alerts.map((alert) => `• *${slackText(wordsOf(alert).message)}*: ${slackText(lineOf(alert))}`);
  const text = [`${sign} *${slackText(subjectOf(telling))}*`, ...(alerts.length > 0 ? lines : [test_words])].join('\n');
  return { text: `${text}\n<${page}|Open the alerts>` };
}

/** What is sent once, under an id by which a receiver knows it again. */
interface Post {
  id: string;
  content: object;
}

/**
 * As Alertmanager's webhook receiver sends, version 4, with a group for each alert (`group_by: ['...']`): the key of
 * the group is the same when the alert begins, when it ends and when it comes back, so that a receiver closes what it
 * opened.
 */
export function asAlertmanager({ message, alerts, receiver, page }: Telling): Post[] {
  const common = { version: '4', truncatedAlerts: 0, receiver, externalURL: new URL(page).origin };
  const of = (id: string, alert: AlertmanagerAlert): Post => ({
    id,
    content: {
      ...common,
      groupKey: `{}:{${Object.entries(alert.labels)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
        .join(', ')}}`,
      status: alert.status,
      groupLabels: alert.labels,
      commonLabels: alert.labels,
      commonAnnotations: alert.annotations,
      alerts: [alert],
    },
  });
  const never = '0001-01-01T00:00:00Z';
  if (message.kind === 'test')
    return [
      of(message.id, {
        status: 'firing',
        labels: { alertname: 'HoldfastTest', severity: 'ticket' },
        annotations: { summary: test_words },
        startsAt: message.created_at,
        endsAt: never,
        generatorURL: page,
        fingerprint: message.id.replaceAll('-', ''),
      }),
    ];
  return alerts.map((alert) => {
    const { detail, advice } = wordsOf(alert);
    return of(`${message.id}-${alert.id}`, {
      status: message.kind === 'resolved' ? 'resolved' : 'firing',
      labels: { alertname: alert.rule, severity: alert.severity, ...alert.labels },
      annotations: { summary: `${detail} ${advice}` },
      startsAt: alert.fired_at,
      endsAt: alert.resolved_at ?? never,
      generatorURL: page,
      fingerprint: alert.id.replaceAll('-', ''),
    });
  });
}

interface AlertmanagerAlert {
  status: 'firing' | 'resolved';
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  endsAt: string;
  generatorURL: string;
  fingerprint: string;
}

/** One event for each alert: PagerDuty groups by its own rules, and repeats are one incident by their key. */
export function asPagerDuty({ message, alerts, page }: Telling, routing_key: string): object[] {
  const base = { routing_key, client: 'Holdfast', client_url: page };
  if (message.kind === 'test')
    return [
      {
        ...base,
        event_action: 'trigger',
        dedup_key: message.id,
        payload: { summary: test_words, source: 'holdfast', severity: 'info' },
      },
    ];
  return alerts.map((alert) => ({
    ...base,
    event_action: message.kind === 'resolved' ? 'resolve' : 'trigger',
    dedup_key: alert.id,
    payload: {
      summary: lineOf(alert).slice(0, 1024),
      source: alert.labels.instance ?? 'holdfast',
      severity: alert.severity === 'page' ? 'critical' : 'warning',
      timestamp: alert.fired_at,
      class: alert.rule,
      custom_details: { ...alert.labels, value: alert.value },
    },
  }));
}
