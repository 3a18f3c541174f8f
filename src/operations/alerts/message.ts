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

/** As Alertmanager's webhook receiver sends, version 4. */
export function asAlertmanager({ message, alerts, receiver, page }: Telling): object {
  const status = message.kind === 'resolved' ? 'resolved' : 'firing';
  const listed = alerts.map((alert) => {
    const { detail, advice } = wordsOf(alert);
    return {
      status: alert.state,
      labels: { alertname: alert.rule, severity: alert.severity, ...alert.labels },
      annotations: { summary: `${detail} ${advice}` },
      startsAt: alert.fired_at,
      endsAt: alert.resolved_at ?? '0001-01-01T00:00:00Z',
      generatorURL: page,
      fingerprint: alert.id.replaceAll('-', ''),
    };
  });
  const test = {
    status,
    labels: { alertname: 'HoldfastTest', severity: 'ticket' },
    annotations: { summary: test_words },
    startsAt: message.created_at,
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: page,
    fingerprint: message.id.replaceAll('-', ''),
  };
  return {
    version: '4',
    groupKey: `holdfast/${message.id}`,
    truncatedAlerts: 0,
    status,
    receiver,
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: new URL(page).origin,
    alerts: message.kind === 'test' ? [test] : listed,
  };
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
