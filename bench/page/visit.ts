import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { sessionCookie, settled, withoutWorker } from '../../test/e2e/browser.ts';
import type { Bench } from '../bench.ts';

const root = new URL('../..', import.meta.url).pathname;

/** A page of the administrator of the large tenant, as a browser without anything cached opens it. */
export interface Visit {
  page: Page;
  cdp: CDPSession;
  /** What the browser reports: errors, warnings, deprecations, violations of the policy. */
  complaints: string[];
  /** Files of scripts that were fetched. */
  scripts: Set<string>;
  close(): Promise<void>;
}

/** The viewport of Lighthouse for a desktop. */
const viewport = { width: 1350, height: 940 };
/**
 * The height of the browser's own frame. Without it the window would be smaller than the page, and changes at its end
 * would never be drawn.
 */
const frame_px = 160;

/** Another person than the administrator, with the language of their browser. */
export interface Visitor {
  /** Of their session. */
  token: string;
  locale: string;
}

export async function visit({ holdfast }: Bench, browser: Browser, visitor?: Visitor): Promise<Visit> {
  const baseURL = holdfast.url.replace('127.0.0.1', 'localhost');
  const context = await browser.newContext({
    viewport,
    baseURL,
    locale: visitor?.locale ?? 'en-US',
    ...(!visitor && { extraHTTPHeaders: holdfast.headers }),
  });
  if (visitor) await context.addCookies([sessionCookie(visitor.token)]);
  await withoutWorker(context);
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  const { windowId } = await cdp.send('Browser.getWindowForTarget');
  await cdp.send('Browser.setWindowBounds', { windowId, bounds: { ...viewport, height: viewport.height + frame_px } });
  const complaints: string[] = [];
  const scripts = new Set<string>();
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.endsWith('.js')) scripts.add(pathname);
  });
  cdp.on('Audits.issueAdded', ({ issue }) => complaints.push(issue.code));
  await cdp.send('Audits.enable');
  return { page, cdp, complaints, scripts, close: () => context.close() };
}

export async function show(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await settled(page);
}

/** Their size with gzip, which the build writes beside each file. */
export const gzipKilobytes = (scripts: ReadonlySet<string>): number =>
  [...scripts].reduce((sum, path) => sum + readFileSync(join(root, 'web', 'dist', `${path}.gz`)).length, 0) / 1024;
